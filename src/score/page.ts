import { createLoader, type LoadScorer } from './createLoader.js';

/**
 * `loadScorer` of the bundle for pages, which takes columns when it is told to. What most models do without is imported from a file of its
 * own.
 * @throws {TypeError} in a service worker, which imports nothing while it runs: it needs `coppice/complete`, or a bundler.
 */
export const loadScorer: LoadScorer = createLoader(() => import('./extra/index.js'), false);
