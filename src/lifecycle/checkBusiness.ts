import { ConfigError } from '../core/errors.js';
import { canonicalJson } from '../core/json.js';
import type { Task } from '../model/model.js';
import { type Config, DEFAULT_CONFIG } from './config.js';
import { thresholdGoal } from './thresholdGoal.js';

/**
 * Checks the section `business` against the task: a threshold decides between two classes, so settings for one mean nothing
 * for any other task, and are an error rather than passed over.
 * @throws {ConfigError} saying which task it is.
 */
export function checkBusiness(config: Config, task: Task): void {
  if (task === 'binary') {
    thresholdGoal(config);
    return;
  }
  if (canonicalJson(config.business) === canonicalJson(DEFAULT_CONFIG.business)) return;
  throw new ConfigError(
    `the settings of "business" choose a threshold, which only a binary target has; the task is ${task}`,
  );
}
