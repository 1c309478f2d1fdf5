import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError, FormatError } from '../core/errors.js';
import { FILES, type Lineage, readLineage } from '../lifecycle/index.js';
import type { Model } from '../model/model.js';
import { parseModel } from '../model/modelFile.js';
import { writeSynced } from './atomicFile.js';

/**
 * Writes a run's folder in one step: beside its place first, synced, then renamed, so that it is there whole or not at all.
 * An earlier run in the same place is replaced; any other folder with content is refused.
 * @throws {ConfigError} when the place holds something that is not a run.
 */
export async function writeRunDirectory(
  directory: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<string> {
  const target = resolve(directory);
  await checkReplaceable(target);
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  await removeLeftovers(parent, basename(target));

  const staging = join(parent, `.${basename(target)}.partial-${randomBytes(4).toString('hex')}`);
  await mkdir(staging);
  for (const [name, content] of files) await writeSynced(join(staging, name), content);
  if (existsSync(target)) {
    // not a leftover's name: killed between the renames, the earlier run must stay to be found
    const old = staging.replace('.partial-', '.replaced-');
    await rename(target, old);
    await rename(staging, target);
    await rm(old, { recursive: true });
  } else {
    await rename(staging, target);
  }
  return target;
}

/**
 * Puts a new run in the place of an earlier one, which is kept beside it under its run id.
 * @param earlierRunId - of the run that is there
 * @returns the folder that the earlier run is kept in
 * @throws {ConfigError} when that folder is taken by something else than the same run.
 */
export async function promoteRun(
  directory: string,
  files: ReadonlyMap<string, Uint8Array>,
  earlierRunId: string,
): Promise<string> {
  const target = resolve(directory);
  const kept = `${target}-${earlierRunId}`;
  await writeRunDirectory(kept, await readDirectoryFiles(target));
  await writeRunDirectory(target, files);
  return kept;
}

/**
 * Refuses a place that holds anything but an earlier run.
 * Called before the work too, so that nobody waits for a model that cannot be written.
 */
export async function checkReplaceable(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  if (!(await stat(directory)).isDirectory()) {
    throw new ConfigError(`${directory} expected a folder for the run, there is a file`);
  }
  const entries = await readdir(directory);
  if (entries.length === 0 || entries.includes(FILES.lineage)) return;
  throw new ConfigError(
    `${directory} is not empty and holds no ${FILES.lineage}: not a run of coppice, so it is not replaced`,
  );
}

/** Every file of a folder, by name. @throws {ConfigError} when there is no such folder. */
export async function readDirectoryFiles(directory: string): Promise<Map<string, Uint8Array>> {
  if (!existsSync(directory) || !(await stat(directory)).isDirectory()) {
    throw new ConfigError(`${directory} expected the folder of a run, there is none`);
  }
  const root = resolve(directory);
  const files = new Map<string, Uint8Array>();
  for (const name of (await readdir(root, { recursive: true })).sort()) {
    const path = join(root, name);
    if ((await stat(path)).isFile()) files.set(name, await readFile(path));
  }
  return files;
}

/** One file of a run's folder. @throws {ConfigError} saying which file was expected. */
export async function readRunFile(directory: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(directory, name));
  } catch (error) {
    throw new ConfigError(
      `${join(directory, name)}: expected the folder of a run with this file (${(error as NodeJS.ErrnoException).code})`,
      { cause: error },
    );
  }
}

/** The float model of a run. */
export async function readRunModel(directory: string): Promise<Model> {
  return parseModel(new TextDecoder().decode(await readRunFile(directory, FILES.model)));
}

/** The lineage of a run. */
export async function readRunLineage(directory: string): Promise<Lineage> {
  const lineage = readLineage(await readRunFile(directory, FILES.lineage));
  if (typeof lineage === 'string')
    throw new FormatError(`${join(directory, FILES.lineage)}: ${lineage}`);
  return lineage;
}

/** A run that was killed while writing leaves a hidden folder; the next one clears it. */
async function removeLeftovers(parent: string, name: string): Promise<void> {
  for (const entry of await readdir(parent)) {
    if (entry.startsWith(`.${name}.partial-`)) await rm(join(parent, entry), { recursive: true });
  }
}
