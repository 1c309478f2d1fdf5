import type { EvalMetricOptions, MetricTask } from '../evaluate/trainingMetric.js';
import type { HeldOutScoreName } from './heldOutScore.js';
import type { DrawnOptions, ParameterSpace } from './parameterSpace.js';
import type { LearnerOptions, SearchLearner } from './searchLearner.js';
import type { ValidationData } from './validation.js';

/** random: every trial in full; halving and hyperband: the better trials get more, see docs/search.md. */
export const SEARCH_STRATEGIES = ['random', 'halving', 'hyperband'] as const;

export type SearchStrategy = (typeof SEARCH_STRATEGIES)[number];

/** Choices of a search; the defaults are in {@link SEARCH_DEFAULTS}. */
export interface SearchOptions {
  learner: SearchLearner;
  task: MetricTask;
  /** what is searched; `DEFAULT_SPACES` of the learner when absent */
  space: ParameterSpace | undefined;
  /** options that every trial has; the objective follows from the task unless it is given here */
  fixed: LearnerOptions;
  /** the fold of each row; when absent drawn by `foldsOfTask` with the seed */
  folds: Uint8Array | undefined;
  /** in [2, 255] */
  foldCount: number;
  /** rows to judge by in place of folds, with the features and category codes of the data */
  validation: ValidationData | undefined;
  /** what trials are compared by; when absent ROC-AUC, log loss, RMSE or NDCG at 10, by the task */
  metric: HeldOutScoreName | undefined;
  metricOptions: EvalMetricOptions | undefined;
  strategy: SearchStrategy;
  /** what halving gives more of: trees, or a share of the training rows; trees when absent and the learner has them */
  resource: 'numTrees' | 'rows' | undefined;
  /** of a trial in the first rung; when absent the greatest divided by `reductionFactor`² */
  minimumResource: number | undefined;
  /** of a trial in the last rung; when absent 300 trees, or the share 1 */
  maximumResource: number | undefined;
  /** by how much the resource grows and the trials shrink from rung to rung; above 1 */
  reductionFactor: number;
  /** of them the first has no drawn options; with hyperband, whose brackets decide, at most so many */
  maxTrials: number;
  /** seconds after which no fit goes on, once a trial is done; needs `now` */
  timeBudgetSeconds: number;
  /** a clock in milliseconds, such as `() => performance.now()`; without it no times are told */
  now: (() => number) | undefined;
  /** of the drawn options, of the folds and of shares of rows; the learner's own is in `fixed` */
  seed: number;
  /** ends the search, which then returns the trials that are done, or throws the reason of the signal when there are none */
  signal: AbortSignal | undefined;
  /** called after each evaluation of a trial */
  onProgress: ((progress: SearchProgress) => void) | undefined;
}

export const SEARCH_DEFAULTS: Readonly<SearchOptions> = Object.freeze<SearchOptions>({
  learner: 'gbdt',
  task: 'binary',
  space: undefined,
  fixed: {},
  folds: undefined,
  foldCount: 5,
  validation: undefined,
  metric: undefined,
  metricOptions: undefined,
  strategy: 'random',
  resource: undefined,
  minimumResource: undefined,
  maximumResource: undefined,
  reductionFactor: 3,
  maxTrials: 50,
  timeBudgetSeconds: Infinity,
  now: undefined,
  seed: 0,
  signal: undefined,
  onProgress: undefined,
});

/** Options that were tried, and how they did. */
export interface Trial {
  /** in the order of drawing, from 0 */
  index: number;
  /** what was drawn; empty for the first trial, which is the learner's defaults */
  drawn: DrawnOptions;
  /** all that the learner was given: by the task, fixed, drawn, and the trees of the last rung */
  options: LearnerOptions;
  /** trees or share of rows of the last rung it was in; undefined in a random search */
  resource: number | undefined;
  /** a fold each, or one of the validation rows; of the last rung */
  scores: number[];
  mean: number;
  /** standard deviation between folds (divisor folds - 1); undefined with one score */
  sd: number | undefined;
  /** of all rungs; undefined without a clock */
  seconds: number | undefined;
}

/** How far a search is. */
export interface SearchProgress {
  /** the trial just evaluated */
  trial: Trial;
  /** the best so far, as {@link SearchResult.best} */
  best: Trial;
  /** evaluations done and planned; a trial in three rungs is evaluated three times */
  evaluationCount: number;
  plannedCount: number;
  /** undefined without a clock */
  elapsedSeconds: number | undefined;
  /** at the pace so far by the resources given, at most what is left of the budget */
  remainingSeconds: number | undefined;
}

export interface SearchResult {
  /** those that were evaluated at least once, in the order of drawing */
  trials: Trial[];
  /** the best by the last rung of each, of shares of rows among those with the greatest; of equals the first */
  best: Trial;
  /** of the best trial, ready for the learner */
  options: LearnerOptions;
  metric: HeldOutScoreName;
  greaterIsBetter: boolean;
  stopped: 'finished' | 'timeBudget' | 'aborted';
  /** rounds of trees that were grown in all fits */
  grownCount: number;
  elapsedSeconds: number | undefined;
}
