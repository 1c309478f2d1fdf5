import { createLoader, type LoadScorer } from './createLoader.js';
import * as extra from './extra/index.js';

/**
 * Loads a packed blob. Asynchronous once, as compiling is; scoring is synchronous.
 * @throws {FormatError} when the blob is not what it should be.
 * @throws {ConfigError} on a wrong option, or when a kernel is asked for and not there.
 * @example
 * const scorer = await loadScorer(blob);
 * const [probability] = scorer.predict([{ minutes_watched: 42, student_country: 'US' }]);
 */
export const loadScorer: LoadScorer = createLoader(() => extra, true);
