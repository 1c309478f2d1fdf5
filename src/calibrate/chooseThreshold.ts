import { checkKnownKeys, checkNumber, checkOneOf } from '../core/check.js';
import { ConfigError, DataError } from '../core/errors.js';
import {
  type Confusion,
  confusionCounts,
  f1Of,
  precisionOf,
  recallOf,
} from '../evaluate/confusion.js';
import { checkProbabilities, groupByScore } from '../evaluate/scoreGroups.js';
import { type Costs, THRESHOLD_POLICIES, type Threshold } from '../model/threshold.js';

/** What a threshold is to achieve. */
export type ThresholdGoal =
  /** the greatest recall of those whose precision is at least this, in [0, 1] */
  | { policy: 'targetPrecision'; target: number }
  /** the greatest precision of those whose recall is at least this, in [0, 1] */
  | { policy: 'targetRecall'; target: number }
  /** the greatest F1 */
  | { policy: 'maxF1' }
  /** the least mean cost; each error costs more than the right label of the same class */
  | { policy: 'costMatrix'; costs: Costs }
  /** this one, in [0, 1] */
  | { policy: 'fixed'; value: number };

export interface ThresholdInput {
  /** out of fold, calibrated, one a row, in [0, 1] */
  probabilities: ArrayLike<number>;
  /** 0 or 1 a row */
  labels: Uint8Array;
  goal: ThresholdGoal;
}

/**
 * Chooses the decision threshold by trying every cut between two float32 probabilities, which is what a model hands out.
 *
 * - targetPrecision: of those that reach it the one with the greatest recall (then the most precise). When none does, the
 *   most precise one (then the greatest recall), and `reached` is false.
 * - targetRecall: of those that reach it the most precise (then the greatest recall). When none does, because there are no
 *   positives, the same of all, and `reached` is false.
 * - maxF1, costMatrix: of equals the one that labels the fewest rows positive. Only costMatrix may label none of them so.
 *
 * The value lies half-way between the least probability that is labelled positive and the next below, where small errors
 * of a quantised model flip the fewest decisions; with none below, on the least itself; with none labelled positive, half-way between the
 * greatest and 1. O(rows log rows).
 * @throws {DataError} without rows, or on a value out of range. @throws {ConfigError} on a goal that makes no sense.
 */
export function chooseThreshold({ probabilities, labels, goal }: ThresholdInput): Threshold {
  checkThresholdGoal(goal);
  checkProbabilities(probabilities);
  if (labels.length === 0) throw new DataError('a threshold needs at least one row');
  const rounded = Float32Array.from(probabilities);
  const { scores, cuts } = cutsOf(labels, rounded);
  const { value, reached } = choose(goal, scores, cuts);
  const counts = confusionCounts(labels, rounded, value);
  const { policy } = goal;
  return {
    value,
    policy,
    ...('target' in goal && { target: goal.target, reached }),
    precision: precisionOf(counts),
    recall: recallOf(counts),
    f1: f1Of(counts),
    ...(goal.policy === 'costMatrix' && {
      costs: { ...goal.costs },
      meanCost: totalCost(goal.costs, counts) / labels.length,
      theoretical: theoreticalThreshold(goal.costs),
    }),
  };
}

/**
 * The threshold of least expected cost when the probabilities are right: (fp - tn) / (fp - tn + fn - tp) (Elkan 2001).
 * @throws {ConfigError} unless each error costs more than the right label of the same class.
 */
export function theoreticalThreshold(costs: Costs): number {
  checkCosts(costs);
  const ofPositive = costs.falsePositive - costs.trueNegative;
  const ofNegative = costs.falseNegative - costs.truePositive;
  return ofPositive / (ofPositive + ofNegative);
}

/** Labels the first `group + 1` groups of equal score, the highest first, positive. */
interface Cut {
  group: number;
  counts: Confusion;
}

/** Every cut, the one that labels the fewest rows positive first: none of them, then a group more each. */
function cutsOf(labels: Uint8Array, rounded: Float32Array): { scores: Float64Array; cuts: Cut[] } {
  const { scores, positives, negatives } = groupByScore(labels, rounded);
  let counts: Confusion = {
    truePositives: 0,
    falsePositives: 0,
    trueNegatives: 0,
    falseNegatives: 0,
  };
  for (const label of labels) {
    if (label === 1) counts.falseNegatives++;
    else counts.trueNegatives++;
  }
  const cuts: Cut[] = [{ group: -1, counts }];
  for (let group = 0; group < scores.length; group++) {
    counts = {
      truePositives: counts.truePositives + positives[group]!,
      falsePositives: counts.falsePositives + negatives[group]!,
      trueNegatives: counts.trueNegatives - negatives[group]!,
      falseNegatives: counts.falseNegatives - positives[group]!,
    };
    cuts.push({ group, counts });
  }
  return { scores, cuts };
}

function choose(
  goal: ThresholdGoal,
  scores: Float64Array,
  cuts: readonly Cut[],
): { value: number; reached: boolean } {
  if (goal.policy === 'fixed') return { value: Math.fround(goal.value), reached: true };
  // no probability is above 1, so a threshold that a row of probability 1 does not reach cannot be told
  const canLabelNone = goal.policy === 'costMatrix' && scores[0]! < 1;
  const candidates = canLabelNone ? cuts : cuts.slice(1);
  const reaching = candidates.filter(({ counts }) => reaches(goal, counts));
  const reached = reaching.length > 0;
  const { group } = best(reached ? reaching : candidates, (counts) =>
    merits(goal, counts, reached),
  );
  const value = group < 0 ? between(1, scores[0]) : between(scores[group]!, scores[group + 1]);
  return { value, reached };
}

function reaches(goal: ThresholdGoal, counts: Confusion): boolean {
  if (goal.policy === 'targetPrecision') return precisionOf(counts) >= goal.target;
  if (goal.policy === 'targetRecall') return recallOf(counts) >= goal.target;
  return true;
}

/** What makes one cut better than another; the second only counts between equals in the first. */
function merits(goal: ThresholdGoal, counts: Confusion, reached: boolean): [number, number] {
  switch (goal.policy) {
    case 'maxF1':
      return [f1Of(counts), 0];
    case 'costMatrix':
      return [-totalCost(goal.costs, counts), 0];
    case 'targetPrecision':
      if (reached) return [counts.truePositives, precisionOf(counts)];
      return [precisionOf(counts), counts.truePositives];
    default:
      return [precisionOf(counts), counts.truePositives];
  }
}

/** The cut of the greatest merits; of equals the first. */
function best(cuts: readonly Cut[], meritsOf: (counts: Confusion) => [number, number]): Cut {
  let chosen = cuts[0]!;
  let [first, second] = meritsOf(chosen.counts);
  for (const cut of cuts) {
    const [a, b] = meritsOf(cut.counts);
    if (a > first || (a === first && b > second)) [chosen, first, second] = [cut, a, b];
  }
  return chosen;
}

function totalCost(costs: Costs, counts: Confusion): number {
  return (
    counts.truePositives * costs.truePositive +
    counts.falsePositives * costs.falsePositive +
    counts.falseNegatives * costs.falseNegative +
    counts.trueNegatives * costs.trueNegative
  );
}

/** The float32 half-way down from one float32 to the next lower one; the upper when nothing lies between. */
function between(upper: number, lower: number | undefined): number {
  if (lower === undefined) return upper;
  const middle = Math.fround((upper + lower) / 2);
  return middle > lower ? middle : upper;
}

const GOAL_KEYS = {
  targetPrecision: ['policy', 'target'],
  targetRecall: ['policy', 'target'],
  maxF1: ['policy'],
  costMatrix: ['policy', 'costs'],
  fixed: ['policy', 'value'],
} as const;

/** @throws {ConfigError} on a policy, key or number that makes no sense. */
export function checkThresholdGoal(goal: ThresholdGoal): void {
  const policy = checkOneOf('goal.policy', goal?.policy, THRESHOLD_POLICIES);
  checkKnownKeys(`goal of ${policy}`, goal, GOAL_KEYS[policy]);
  if (goal.policy === 'targetPrecision' || goal.policy === 'targetRecall') {
    checkNumber('goal.target', goal.target, 0, 1);
  }
  if (goal.policy === 'fixed') checkNumber('goal.value', goal.value, 0, 1);
  if (goal.policy === 'costMatrix') checkCosts(goal.costs);
}

function checkCosts(costs: Costs): void {
  const names = ['truePositive', 'falsePositive', 'falseNegative', 'trueNegative'] as const;
  checkKnownKeys('cost', costs ?? {}, names);
  for (const name of names) checkNumber(`costs.${name}`, costs?.[name]);
  if (costs.falsePositive > costs.trueNegative && costs.falseNegative > costs.truePositive) return;
  throw new ConfigError(
    `"costs" expected falsePositive above trueNegative and falseNegative above truePositive, got ` +
      names.map((name) => `${name} ${costs[name]}`).join(', '),
  );
}
