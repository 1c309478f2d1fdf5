import type { SearchOptions, SearchResult } from './searchOptions.js';
import { searchSteps } from './searchSteps.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/**
 * Looks for the options of a learner that score best on rows it does not see: by random search (Bergstra & Bengio 2012),
 * successive halving (Jamieson & Talwalkar 2016) or Hyperband (Li et al. 2018). docs/search.md says when which.
 *
 * The first trial is the learner with its defaults. The same data, options and seed give the same trials to the last bit unless a
 * time budget or a signal ends the search; a fit under way is then given up, and its trial is not in the result.
 * @param data - neither it nor its arrays are changed
 * @example
 * const { options, best } = searchHyperparameters(data, { learner: 'gbdt', maxTrials: 30, seed: 7 });
 * const model = trainGbdt(data, options);
 * @throws {ConfigError} on a wrong option, range or combination, {DataError | ShapeError} on data that cannot be divided, before
 * anything is fitted; the reason of `signal` when it is aborted before a trial is done.
 */
export function searchHyperparameters(
  data: TrainingMatrix,
  options: Partial<SearchOptions> = {},
): SearchResult {
  const steps = searchSteps(data, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The calling thread is given back after this many milliseconds of training in it. */
const SLICE_MILLISECONDS = 12;

/**
 * {@link searchHyperparameters} that gives way to other events of its thread: after each round of boosting once 12 ms are over by
 * the clock `now`, after each step without one. Binning, a round and a fit of another learner are not divided.
 * @throws (rejects) as `searchHyperparameters`.
 */
export async function searchHyperparametersAsync(
  data: TrainingMatrix,
  options: Partial<SearchOptions> = {},
): Promise<SearchResult> {
  const { now } = options;
  const steps = searchSteps(data, options);
  await nextTask();
  let sliceStart = now?.() ?? 0;
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (now && now() - sliceStart < SLICE_MILLISECONDS) continue;
    await nextTask();
    sliceStart = now?.() ?? 0;
  }
}

/** Lets the events that wait have their turn. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
