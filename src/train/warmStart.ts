import { ConfigError } from '../core/errors.js';
import type { Forest } from '../model/forest.js';
import { margins } from '../model/margin.js';
import type { Model } from '../model/model.js';
import type { Objective } from './objectives/objective.js';
import type { TrainingMatrix } from './trainingMatrix.js';
import type { TrainingProblem } from './trainingProblem.js';

/**
 * The forest that training goes on from.
 * @param given - a model of the same features, or its forest
 * @throws {ConfigError} when its outputs or its link are not those of the objective, or it reads features that are not there.
 */
export function checkContinues(
  given: Model | Forest | undefined,
  { link, outputCount }: Objective,
  { featureCount }: TrainingMatrix,
): Forest | undefined {
  if (given === undefined) return undefined;
  const predictor = 'predictor' in given ? given.predictor : given;
  if (predictor?.kind !== 'forest') {
    throw new ConfigError('"continueFrom" expected a model of trees or a forest');
  }
  if (predictor.link !== link || predictor.baseScores.length !== outputCount) {
    throw new ConfigError(
      `"continueFrom" expected ${outputCount} outputs with link ${link}, got ${predictor.baseScores.length} with link ${predictor.link}`,
    );
  }
  const read = predictor.featureIndex.reduce((most, index) => Math.max(most, index + 1), 0);
  if (read > featureCount || ('features' in given && given.features.length !== featureCount)) {
    throw new ConfigError(
      `"continueFrom" is a model of other features: the data has ${featureCount}`,
    );
  }
  return predictor;
}

/** Margins of all rows before the first round, output after output. */
export function startingMargins(
  previous: Forest | undefined,
  { matrix, rowCount, featureCount }: TrainingProblem,
  baseScores: Float64Array,
): Float64Array {
  const outputCount = baseScores.length;
  const out = new Float64Array(rowCount * outputCount);
  const start = previous && margins(previous, matrix, rowCount, featureCount);
  for (let output = 0; output < outputCount; output++) {
    for (let row = 0; row < rowCount; row++) {
      out[output * rowCount + row] = start
        ? start[row * outputCount + output]!
        : baseScores[output]!;
    }
  }
  return out;
}
