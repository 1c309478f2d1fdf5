import { createRandom } from '../core/random.js';
import { margins } from '../model/margin.js';
import { outputCountOf } from '../model/model.js';
import { selectBest, spreadOf } from './crossValidate.js';
import { costOf, survivorCount } from './halving.js';
import { shareOfRows } from './rowShare.js';
import type { LearnerFit } from './searchLearner.js';
import type { SearchOptions, SearchResult, Trial } from './searchOptions.js';
import { planSearch, type SearchPlan } from './searchPlan.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/** A fit of a rung, for the next rung to go on from. */
type RungFit = LearnerFit & { numTrees: number };

/**
 * The search, standing still after every round of boosting and every fit, so that whoever drives it can give way.
 * It is planned, and every option checked, before it first stands still.
 */
export function searchSteps(
  data: TrainingMatrix,
  options: Partial<SearchOptions>,
): Generator<void, SearchResult, void> {
  return createSearch(planSearch(data, options));
}

function* createSearch(plan: SearchPlan): Generator<void, SearchResult, void> {
  const { settings, brackets, score } = plan;
  const { now, signal, timeBudgetSeconds, reductionFactor, onProgress } = settings;
  const start = now?.();
  const elapsed = (): number | undefined => now && (now() - start!) / 1000;
  const trials: Trial[] = [];
  const plannedCost = costOf(brackets, reductionFactor);
  const plannedCount = costOf(
    brackets.map((bracket) => ({ ...bracket, resources: bracket.resources.map(() => 1) })),
    reductionFactor,
  );
  const fits = new Map<Trial, RungFit[]>();
  let cost = 0;
  let evaluationCount = 0;
  let grownCount = 0;

  function stopReason(): SearchResult['stopped'] | undefined {
    if (signal?.aborted) return 'aborted';
    return trials.length > 0 && now && elapsed()! >= timeBudgetSeconds ? 'timeBudget' : undefined;
  }

  /** Fits and scores every split. @returns undefined when it was stopped before the last. */
  function* evaluate(trial: Trial, resource: number | undefined): Generator<void, boolean, void> {
    const started = now?.();
    const scores: number[] = [];
    const smaller = fits.get(trial);
    const done: RungFit[] = [];
    const trialOptions =
      plan.resource === 'numTrees' ? { ...trial.options, numTrees: resource } : trial.options;
    for (let index = 0; index < plan.splitCount; index++) {
      const { training, heldOut } = plan.split(index);
      const rows =
        plan.resource === 'rows'
          ? shareOfRows(
              training,
              settings.task,
              resource!,
              createRandom(settings.seed).fork('rows'),
            )
          : training;
      const fit = yield* watched(plan.access.fit(rows, trialOptions, smaller?.[index]));
      if (!fit) return false;
      const { predictor } = fit;
      const found = margins(predictor, heldOut.matrix, heldOut.rowCount, heldOut.featureCount);
      const outputCount = outputCountOf(predictor);
      scores.push(score.evaluate(heldOut, { margins: found, link: predictor.link, outputCount }));
      if (plan.resource === 'numTrees') done.push({ ...fit, numTrees: resource! });
      yield;
      if (index + 1 < plan.splitCount && stopReason()) return false;
    }
    fits.set(trial, done);
    const { mean, sd } = spreadOf(scores);
    trial.options = trialOptions;
    Object.assign(trial, { resource, scores, mean, sd: scores.length > 1 ? sd : undefined });
    if (now) trial.seconds = (trial.seconds ?? 0) + (now() - started!) / 1000;
    return true;
  }

  function* watched(
    fit: Generator<void, LearnerFit, void>,
  ): Generator<void, LearnerFit | undefined, void> {
    for (;;) {
      const { done, value } = fit.next();
      if (done) {
        grownCount += value.grownCount;
        return value;
      }
      if (stopReason()) return undefined;
      yield;
    }
  }

  function report(trial: Trial): void {
    const elapsedSeconds = elapsed();
    // copies: a later rung writes into the trial again
    onProgress?.({
      trial: { ...trial },
      best: { ...bestOf(trials, score.greaterIsBetter, plan.resource) },
      evaluationCount,
      plannedCount,
      elapsedSeconds,
      remainingSeconds:
        elapsedSeconds === undefined
          ? undefined
          : Math.max(
              0,
              Math.min(
                timeBudgetSeconds - elapsedSeconds,
                (elapsedSeconds / cost) * (plannedCost - cost),
              ),
            ),
    });
  }

  function result(stopped: SearchResult['stopped']): SearchResult {
    if (trials.length === 0) throw signal!.reason;
    const best = bestOf(trials, score.greaterIsBetter, plan.resource);
    return {
      trials,
      best,
      options: best.options,
      metric: score.name,
      greaterIsBetter: score.greaterIsBetter,
      stopped,
      grownCount,
      elapsedSeconds: elapsed(),
    };
  }

  let next = 0;
  for (const { trialCount, resources } of brackets) {
    let left = plan.trials
      .slice(next, next + trialCount)
      .map((each, i) => newTrial(next + i, each));
    next += trialCount;
    for (const resource of resources) {
      for (const trial of left) {
        const reason = stopReason();
        if (reason) return result(reason);
        if (!(yield* evaluate(trial, resource))) return result(stopReason()!);
        if (resource === resources[0]) trials.push(trial);
        evaluationCount++;
        cost += resource ?? 1;
        report(trial);
      }
      left = bestFirst(left, score.greaterIsBetter).slice(
        0,
        survivorCount(left.length, reductionFactor),
      );
      // the forests of those that go no further are not needed again
      for (const trial of fits.keys()) if (!left.includes(trial)) fits.delete(trial);
    }
    fits.clear();
  }
  return result('finished');
}

function newTrial(index: number, { drawn, options }: SearchPlan['trials'][number]): Trial {
  const scored = { resource: undefined, scores: [], mean: NaN, sd: undefined, seconds: undefined };
  return { index, drawn, options, ...scored };
}

/**
 * The best of the trials with the greatest share of rows: what is trained in the end has all of them. Trees are part of the
 * options, and fewer of them may be better: then all trials are compared.
 */
function bestOf(
  trials: readonly Trial[],
  greaterIsBetter: boolean,
  kind: SearchPlan['resource'],
): Trial {
  const greatest = trials.reduce((most, { resource = 0 }) => Math.max(most, resource), 0);
  const last = trials.filter((trial) => kind === 'numTrees' || (trial.resource ?? 0) === greatest);
  return last[
    selectBest(
      last.map(({ mean }) => mean),
      greaterIsBetter,
    )
  ]!;
}

/** Of equals the first drawn; NaN last. */
function bestFirst(trials: readonly Trial[], greaterIsBetter: boolean): Trial[] {
  const rank = ({ mean }: Trial): number =>
    Number.isNaN(mean) ? Infinity : greaterIsBetter ? -mean : mean;
  return [...trials].sort((a, b) => (rank(a) === rank(b) ? a.index - b.index : rank(a) - rank(b)));
}
