export { writeFileAtomic } from './atomicFile.js';
export { readCsv } from './csv.js';
export type { CsvRecord } from './csvRecords.js';
export { CsvWriter, writeCsv } from './csvWriter.js';
export { type ResolvedDataset, resolveDataset } from './datasetRegistry.js';
export { digestFile, type FileDigest } from './filePieces.js';
export { createTextHash } from './log/hashText.js';
export {
  type Acknowledge,
  DEFAULT_LOG_OPTIONS,
  type PredictionLogOptions,
} from './log/logOptions.js';
export type { PredictionLog } from './log/logWriter.js';
export { openPredictionLog } from './log/predictionLog.js';
export { logFiles, readPredictionLog } from './log/readPredictionLog.js';
export { emptyReading, type LogReading, type ReplayedModel, replayLog } from './log/replayLog.js';
export { type MonitoredFile, monitorFile, namesIn, type RowPlaces } from './monitorFile.js';
export { type RunForms, readForms } from './readForms.js';
export { type FileTable, readTable } from './readTable.js';
export {
  checkReplaceable,
  promoteRun,
  readDirectoryFiles,
  readRunFile,
  readRunLineage,
  readRunModel,
  writeRunDirectory,
} from './runDirectory.js';
export { monitorOptionsOf } from './runSettings.js';
export { type ScoredBatch, scoreFile } from './scoreFile.js';
export { DEFAULT_HTTP_OPTIONS, type HttpOptions } from './serve/httpServer.js';
export {
  type ReloadOutcome,
  type RunningServer,
  type ServeDirectoryOptions,
  serveDirectory,
} from './serve/serveDirectory.js';
export { PACKAGE_ROOT, packageVersion } from './version.js';
