import { ConfigError } from '../../src/core/errors.js';
import { encodeBlob } from '../../src/quantize/index.js';
import { type LoadOptions, loadScorer, type Scorer } from '../../src/score/index.js';
import { type BenchCase, type BenchModel, FEATURE_COUNT } from './benchModels.js';
import { inTurn, type ScoringEngine } from './scoringEngine.js';

/** What this library can score a forest with, by the name of the kernel in `loadScorer`. */
const KERNELS = [
  { name: 'coppice SIMD int8', kernel: 'simd', leafBits: 8 },
  { name: 'coppice SIMD int16', kernel: 'simd', leafBits: 16 },
  { name: 'coppice portable int8', kernel: 'portable', leafBits: 8 },
  { name: 'coppice JavaScript int8', kernel: 'javascript', leafBits: 8 },
] as const;

/** The kernels of this version; one that `loadScorer` does not know is left out. */
export async function coppiceEngines(
  { models, calibration }: BenchCase,
  growth: BenchModel['growth'],
): Promise<ScoringEngine[]> {
  const { model } = models.find((candidate) => candidate.growth === growth)!;
  const engines: ScoringEngine[] = [];
  for (const { name, kernel, leafBits } of KERNELS) {
    const blob = encodeBlob(model, { leafBits, calibration });
    const scorer = await tryLoad(blob, kernel);
    if (!scorer) continue;
    const fresh = leafBits === 8 ? { fresh: kernel } : {};
    engines.push({ ...matrixEngine(name, blob, scorer), ...fresh });
    if (fresh.fresh === 'simd') engines.push(recordEngine(name, blob, scorer));
  }
  return engines;
}

async function tryLoad(blob: Uint8Array, kernel: string): Promise<Scorer | undefined> {
  try {
    return await loadScorer(blob, { kernel: kernel as NonNullable<LoadOptions['kernel']> });
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** One row by `predictRow`, several by `predictInto`: nothing is allocated. */
function matrixEngine(name: string, file: Uint8Array, scorer: Scorer): ScoringEngine {
  return {
    name,
    file,
    predict: async (matrix) => scorer.predict(matrix),
    prepare(windows, rowCount) {
      if (rowCount === 1) return inTurn(windows, (row) => scorer.predictRow(row));
      const out = new Float32Array(rowCount);
      return inTurn(windows, (matrix) => scorer.predictInto(matrix, rowCount, out));
    },
    release: async () => {},
  };
}

/** One row from an object of named numbers. */
function recordEngine(name: string, file: Uint8Array, scorer: Scorer): ScoringEngine {
  const { fields } = scorer.schema;
  return {
    name: `${name}, a record`,
    file,
    onlyOneRow: true,
    predict: async (matrix) => scorer.predict(matrix),
    prepare(windows) {
      const records = windows.map((row) => [
        Object.fromEntries(fields.map((field, i) => [field.name, row[i % FEATURE_COUNT]!])),
      ]);
      return inTurn(records, (record) => scorer.predict(record));
    },
    release: async () => {},
  };
}
