import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError, DataError } from '../core/errors.js';
import {
  type DatasetEntry,
  type DatasetSource,
  datasetNamed,
  parseRegistry,
  withDigest,
} from '../data/registry.js';
import { studentPurchasesCsv } from '../data/studentPurchases.js';
import { writeFileAtomic } from './atomicFile.js';
import { digestFile } from './filePieces.js';

/** A dataset of the registry as a file that was found to be the one it should be. */
export interface ResolvedDataset {
  entry: DatasetEntry;
  /** of the CSV file */
  path: string;
  sha256: string;
  byteCount: number;
  /** whether the digest was seen for the first time and written into the registry */
  recorded: boolean;
}

/**
 * Finds the file of a dataset and checks its digest against the registry. A digest that the registry does not have yet
 * is written into it; a generated dataset is made in the cache directory unless it is there already.
 * @param registryPath - the YAML file; paths in it are relative to it.
 * @throws {ConfigError} on a bad registry, or when it has no such dataset.
 * @throws {DataError} when the file is absent, or differs from the recorded one.
 */
export async function resolveDataset(
  registryPath: string,
  name: string,
  cacheDirectory: string,
): Promise<ResolvedDataset> {
  const text = await readRegistry(registryPath);
  const entry = datasetNamed(parseRegistry(text, registryPath), name, registryPath);
  const path = await materialise(entry, registryPath, cacheDirectory);
  const { sha256, byteCount } = await digestFile(path);
  if (entry.sha256 === sha256) return { entry, path, sha256, byteCount, recorded: false };
  if (entry.sha256 !== undefined) {
    throw new DataError(
      `dataset "${name}" changed under version ${entry.version}: expected sha256 ${entry.sha256}, got ${sha256}; ` +
        `raise its version in ${registryPath} and remove its sha256`,
      { file: path },
    );
  }
  await writeFileAtomic(registryPath, withDigest(text, registryPath, name, sha256));
  return { entry: { ...entry, sha256 }, path, sha256, byteCount, recorded: true };
}

async function readRegistry(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError(`${path}: the registry of datasets cannot be read: ${message}`, {
      cause: error,
    });
  }
}

async function materialise(
  { name, source, version, sha256 }: DatasetEntry,
  registryPath: string,
  cacheDirectory: string,
): Promise<string> {
  if (source.kind === 'file') return resolve(dirname(registryPath), source.path);
  const part = version.replace(/[^\w.-]/g, '_');
  const path = join(cacheDirectory, `${name}-${part}-${source.rowCount}-${source.seed}.csv`);
  if (sha256 !== undefined && (await cachedDigest(path)) === sha256) return path;
  await writeFileAtomic(path, generate(source));
  return path;
}

async function cachedDigest(path: string): Promise<string | undefined> {
  try {
    return (await digestFile(path)).sha256;
  } catch {
    return undefined;
  }
}

function generate({ rowCount, seed }: Extract<DatasetSource, { kind: 'generator' }>): string {
  return studentPurchasesCsv({ rowCount, seed });
}
