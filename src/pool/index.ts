export { nodeThread, type Thread, webThread } from '../core/thread.js';
export {
  createScorerPool,
  type PoolOptions,
  type PredictOptions,
  type ScorerPool,
} from './createScorerPool.js';
