import type { ParameterSpace } from './parameterSpace.js';
import type { SearchLearner } from './searchLearner.js';

/** What is searched unless a space is given; docs/search.md says why these ranges. */
export const DEFAULT_SPACES: Readonly<Record<SearchLearner, ParameterSpace>> = Object.freeze({
  gbdt: {
    // below 0.02 five hundred rounds are not enough, above 0.3 the first trees decide too much
    learningRate: { kind: 'number', minimum: 0.02, maximum: 0.3, scale: 'log' },
    // of one mind with the rate: a tenth of the rate takes ten times the rounds
    numTrees: { kind: 'integer', minimum: 50, maximum: 500, scale: 'log' },
    // from interactions of two or three columns to the shape of a large table
    maxLeaves: { kind: 'integer', minimum: 4, maximum: 128, scale: 'log' },
    // a leaf of five rows suits hundreds of rows, of 200 a noisy target
    minChildSamples: { kind: 'integer', minimum: 5, maximum: 200, scale: 'log' },
    // against the hessian of a leaf: the low end is none
    l2: { kind: 'number', minimum: 0.01, maximum: 30, scale: 'log' },
    // both make trees differ; below these shares they mostly lose
    subsample: { kind: 'number', minimum: 0.5, maximum: 1 },
    colsample: { kind: 'number', minimum: 0.4, maximum: 1 },
  },
  forest: {
    // trees are grown deep, and averaging undoes their variance: the number of trees itself is not searched
    maxLeaves: { kind: 'integer', minimum: 32, maximum: 2048, scale: 'log' },
    minChildSamples: { kind: 'integer', minimum: 1, maximum: 50, scale: 'log' },
    // around the square root of the number of columns, from a tenth for wide tables to all
    colsampleByNode: { kind: 'number', minimum: 0.1, maximum: 1, scale: 'log' },
    subsample: { kind: 'number', minimum: 0.4, maximum: 1 },
  },
  logistic: {
    // C from 1000 to 0.001, against the summed loss
    l2: { kind: 'number', minimum: 0.001, maximum: 1000, scale: 'log' },
    // the low end leaves every weight in, the high end takes out what a few dozen rows speak for
    l1: { kind: 'number', minimum: 0.001, maximum: 30, scale: 'log' },
    // how far an outlier may pull; 0 clips to the range of training
    clipFactor: { kind: 'choice', values: [0, 1.5, 3, 6] },
    // levels with fewer rows share a weight
    minLevelRows: { kind: 'integer', minimum: 2, maximum: 100, scale: 'log' },
  },
});
