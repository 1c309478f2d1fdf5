import { canonicalJson } from '../core/json.js';
import { FILES } from './files.js';
import type { Lineage } from './lineage.js';
import { sha256 } from './sha256.js';

/** One thing that is wrong with a run's folder. */
export interface Finding {
  kind: 'missing' | 'changed' | 'extra' | 'lineage';
  file: string;
  detail: string;
}

const LINEAGE_FILE = FILES.lineage;

/**
 * Holds a run's files against its lineage.
 * @param files - every file of the folder by name, lineage.json included.
 * @returns what is missing, changed or extra; empty when all is as it was written. O(bytes).
 */
export async function verifyFiles(files: ReadonlyMap<string, Uint8Array>): Promise<Finding[]> {
  const bytes = files.get(LINEAGE_FILE);
  if (!bytes) {
    return [{ kind: 'missing', file: LINEAGE_FILE, detail: 'without it nothing can be verified' }];
  }
  const lineage = readLineage(bytes);
  if (typeof lineage === 'string')
    return [{ kind: 'lineage', file: LINEAGE_FILE, detail: lineage }];

  const findings: Finding[] = [];
  const coreSha256 = await sha256(canonicalJson(lineage.core));
  if (coreSha256 !== lineage.core_sha256 || !coreSha256.startsWith(lineage.run_id)) {
    const detail = `its core hashes to ${coreSha256}, it says ${lineage.core_sha256} and run ${lineage.run_id}`;
    findings.push({ kind: 'changed', file: LINEAGE_FILE, detail });
  }
  const expected = { ...lineage.core.artifacts, ...lineage.measurements };
  for (const [file, hash] of Object.entries(expected)) {
    const content = files.get(file);
    if (!content) {
      findings.push({ kind: 'missing', file, detail: `expected sha256 ${hash}` });
      continue;
    }
    const seen = await sha256(content);
    if (seen !== hash) {
      findings.push({ kind: 'changed', file, detail: `expected sha256 ${hash}, got ${seen}` });
    }
  }
  for (const file of files.keys()) {
    if (file === LINEAGE_FILE || file in expected) continue;
    findings.push({ kind: 'extra', file, detail: 'not in the lineage' });
  }
  return findings;
}

/** The lineage, or a sentence saying why the bytes are none. */
export function readLineage(bytes: Uint8Array): Lineage | string {
  let parsed: Partial<Lineage> | null;
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Lineage> | null;
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
  if (parsed?.format !== 'coppice-lineage') {
    return `expected format "coppice-lineage", got ${JSON.stringify(parsed?.format)}`;
  }
  if (parsed.version !== 1) return `got version ${parsed.version} when expected 1`;
  if (
    typeof parsed.run_id !== 'string' ||
    typeof parsed.core?.artifacts !== 'object' ||
    typeof parsed.measurements !== 'object'
  ) {
    return 'run_id, core.artifacts or measurements is missing';
  }
  return parsed as Lineage;
}
