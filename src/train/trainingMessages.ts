import type { SentError } from '../core/sentError.js';
import type { GbdtFit } from './gbdt.js';
import type { GbdtOptions } from './gbdtOptions.js';
import type { SharedBinning } from './team/sharedBins.js';
import type { TeamMemory } from './team/sharedKernel.js';
import type { TrainingMatrix } from './trainingMatrix.js';
import type { TreeProgress } from './treeOptions.js';

/** What the worker that leads a fit is sent, once. */
export interface TrainingRequest {
  kind: 'fit';
  data: TrainingMatrix;
  options: Partial<GbdtOptions>;
  wantsProgress: boolean;
  /** threads, the leading one included */
  workers: number;
}

/** What the leading worker has the others told, each once: they help to learn the bins if there is still something to do, and then for good. */
export type Invited =
  | { kind: 'binning'; binning: SharedBinning }
  | { kind: 'team'; team: TeamMemory };

/** What it answers. */
export type TrainingReply =
  | { kind: 'progress'; progress: TreeProgress }
  | Invited
  | { kind: 'done'; fit: GbdtFit }
  | { kind: 'failed'; error: SentError };
