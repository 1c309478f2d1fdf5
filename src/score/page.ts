import { createLoader, type LoadScorer } from './loadScorer.js';

/** `loadScorer` of the bundle for pages, which takes columns when it is told to. */
export const loadScorer: LoadScorer = createLoader(false);
