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
    const engine = matrixEngine(name, blob, scorer);
    engines.push(leafBits === 8 ? { ...engine, fresh: kernel } : engine);
    if (kernel === 'simd' && leafBits === 8) {
      engines.push(recordEngine(name, blob, scorer));
      engines.push(columnEngine(name, blob, scorer));
      engines.push(binEngine(name, blob, scorer));
    }
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

/** An array a feature, as a column store holds them. */
function columnEngine(name: string, file: Uint8Array, scorer: Scorer): ScoringEngine {
  return {
    name: `${name}, columns`,
    file,
    predict: async (matrix) => scorer.predict(columnsOf(matrix)),
    prepare(windows, rowCount) {
      const out = new Float32Array(rowCount);
      return inTurn(windows.map(columnsOf), (columns) =>
        scorer.predictInto(columns, rowCount, out),
      );
    },
    release: async () => {},
  };
}

/** The bytes that the trees test, as `scorer.bin` makes them. */
function binEngine(name: string, file: Uint8Array, scorer: Scorer): ScoringEngine {
  return {
    name: `${name}, bins`,
    file,
    predict: async (matrix) => scorer.predict(scorer.bin(matrix)),
    prepare(windows, rowCount) {
      const out = new Float32Array(rowCount);
      const binned = windows.map((matrix) => scorer.bin(matrix));
      return inTurn(binned, (bins) => scorer.predictInto(bins, rowCount, out));
    },
    release: async () => {},
  };
}

function columnsOf(matrix: Float32Array): Float32Array[] {
  const rowCount = matrix.length / FEATURE_COUNT;
  return Array.from({ length: FEATURE_COUNT }, (_, feature) =>
    Float32Array.from({ length: rowCount }, (_, row) => matrix[row * FEATURE_COUNT + feature]!),
  );
}
