import { bareModel } from '../model/bareModel.js';
import type { Model } from '../model/model.js';
import { fitGbdt } from './boosting.js';
import type { ForestOptions, TreeOptions } from './forestOptions.js';
import type { GbdtOptions } from './gbdtOptions.js';
import { fitForest, fitTree } from './randomForest.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/** {@link fitGbdt} as a whole model: a field for each feature, no calibrator, threshold one half. */
export function trainGbdt(data: TrainingMatrix, options?: Partial<GbdtOptions>): Model {
  return bareModel(data, fitGbdt(data, options), 'gbdt');
}

/** {@link fitForest} as a whole model. */
export function trainForest(data: TrainingMatrix, options?: Partial<ForestOptions>): Model {
  return bareModel(data, fitForest(data, options), 'forest');
}

/** {@link fitTree} as a whole model. */
export function trainTree(data: TrainingMatrix, options?: Partial<TreeOptions>): Model {
  return bareModel(data, fitTree(data, options), 'tree');
}
