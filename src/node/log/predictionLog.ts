import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError, CoppiceError } from '../../core/errors.js';
import { lockFile } from '../fileLock.js';
import { type LogFile, openLogFile } from './logFile.js';
import { checkLogOptions, type PredictionLogOptions } from './logOptions.js';
import { createLogWriter, type PredictionLog } from './logWriter.js';
import { repairLog } from './repairLog.js';

/**
 * Opens a prediction log for appending; makes the file and its folder when there are none. A torn last line is repaired
 * (see `repairLog`), and the file is locked against a second writer until `close`.
 * @throws {ConfigError} when another process writes the file, it cannot be written, or on a wrong option.
 */
export async function openPredictionLog(
  path: string,
  given?: Partial<PredictionLogOptions>,
): Promise<PredictionLog> {
  const options = checkLogOptions(given);
  try {
    return await openWriter(path, options);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // what has a code of the system is about the place, and the operator chose it
    if (error instanceof CoppiceError || code === undefined) throw error;
    throw new ConfigError(`${path}: the prediction log cannot be written there (${code})`, {
      cause: error,
    });
  }
}

async function openWriter(path: string, options: PredictionLogOptions): Promise<PredictionLog> {
  await mkdir(dirname(path), { recursive: true });
  if (!(await isReplayable(path)))
    return createLogWriter(await openLogFile(path, options), options);
  const unlock = await lockFile(path);
  try {
    await repairLog(path);
    return createLogWriter(unlocking(await openLogFile(path, options), unlock), options);
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Whether a path is, or may become, a file that can be read back; a pipe or a device is none. */
export async function isReplayable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return !found || found.isFile();
}

function unlocking(file: LogFile, unlock: () => Promise<void>): LogFile {
  return {
    append: (bytes, sync) => file.append(bytes, sync),
    sync: () => file.sync(),
    close: () => file.close().finally(unlock),
  };
}
