import type { Feature } from '../model/feature.js';
import type { Forest } from '../model/forest.js';
import { type Model, outputCountOf, type Task } from '../model/model.js';
import { HALF } from '../model/threshold.js';

/**
 * The most classes of an imported model: as many outputs as a quantised one can number, and no list of them that a few
 * digits of a file ask for is endless.
 */
export const MAX_CLASSES = 65_535;

/**
 * A whole model around trees of another library. Each feature is a raw field of its own. Libraries do not store the names of
 * target and classes: they are `target` and the numbers of the classes.
 */
export function importedModel(
  origin: string,
  task: Task,
  features: Feature[],
  predictor: Forest,
): Model {
  const classCount = { binary: 2, multiclass: outputCountOf(predictor), regression: 0 }[task];
  const classes = Array.from({ length: classCount }, (_, index) => String(index));
  return {
    format: 'coppice-model',
    version: 1,
    origin,
    schema: {
      fields: features.map(({ name, kind }) => ({
        name,
        type: kind === 'category' ? 'category' : 'number',
      })),
      target: { name: 'target', classes },
    },
    features,
    rules: [],
    predictor,
    calibrator: { kind: 'none' },
    ...(task === 'binary' ? { task, threshold: HALF } : { task }),
  };
}
