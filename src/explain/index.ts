export { type ContributionOptions, contributions } from './contributions.js';
