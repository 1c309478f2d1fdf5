export { writeFileAtomic } from './atomicFile.js';
export { readCsv } from './csv.js';
export type { CsvRecord } from './csvRecords.js';
export { CsvWriter, writeCsv } from './csvWriter.js';
export { type ResolvedDataset, resolveDataset } from './datasetRegistry.js';
export { digestFile, type FileDigest } from './filePieces.js';
export { type MonitoredFile, monitorFile, namesIn, type RowPlaces } from './monitorFile.js';
export {
  DEFAULT_LOG_OPTIONS,
  openPredictionLog,
  type PredictionLog,
  type PredictionLogOptions,
} from './predictionLog.js';
export { type RunForms, readForms } from './readForms.js';
export { type LogReading, readPredictionLog, replayLog } from './readPredictionLog.js';
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
export {
  type RunningServer,
  type ServeDirectoryOptions,
  serveDirectory,
} from './serveDirectory.js';
export { PACKAGE_ROOT, packageVersion } from './version.js';
