export {
  type CompareOptions,
  compareEngines,
  type EngineComparison,
  type OptimizeReport,
} from './compareEngines.js';
export {
  type BenchmarkOptions,
  type BenchmarkResult,
  type BenchmarkSubject,
  interleavedBenchmark,
  type LatencyRatio,
  type SubjectLatency,
} from './interleavedBenchmark.js';
export { type LatencySummary, pairedRatio, summarizeLatency } from './latencySummary.js';
export { formatEngineComparison, formatLatencyTable } from './latencyTable.js';
export { percentile } from './percentile.js';
