export * from './score/index.js';
