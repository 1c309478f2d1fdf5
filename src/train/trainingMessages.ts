import { ConfigError, DataError, ShapeError } from '../core/errors.js';
import type { GbdtFit } from './gbdt.js';
import type { GbdtOptions } from './gbdtOptions.js';
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

/** What the other workers are sent, once. */
export interface HelpRequest {
  kind: 'help';
  team: TeamMemory;
}

/** What it answers. */
export type TrainingReply =
  | { kind: 'progress'; progress: TreeProgress }
  | { kind: 'team'; team: TeamMemory }
  | { kind: 'done'; fit: GbdtFit }
  | { kind: 'failed'; error: SentError };

/** An error as it goes from thread to thread, where classes do not. */
export interface SentError {
  name: string;
  message: string;
  stack: string | undefined;
}

export function sentError(error: unknown): SentError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack };
}

/** The error again, of the class it had. */
export function revivedError({ name, message, stack }: SentError): Error {
  const known = [ConfigError, DataError, ShapeError].find((type) => type.name === name);
  const error = known ? new known(message) : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
