import { checkKnownKeys, checkOneOf } from '../core/check.js';
import { ConfigError, ShapeError } from '../core/errors.js';
import { calibrate } from '../model/calibrator.js';
import type { QuantizedModel } from '../model/quantized.js';
import { decodeBlob } from '../quantize/decodeBlob.js';
import { createRecordEncoder, RECORD_DEFAULTS, type RecordOptions } from './encodeRecords.js';
import { createRowEngine, type Engine } from './engine.js';
import { createForestWalker } from './javascriptForest.js';
import { createLinearSum } from './javascriptLinear.js';
import { compileKernel } from './kernelModule.js';
import type { RowRecord, Scorer } from './scorer.js';
import { createSimdEngine } from './simdEngine.js';

export interface LoadOptions extends Partial<RecordOptions> {
  /**
   * auto: the WebAssembly kernel where the engine has SIMD, else JavaScript. simd: an error where it has not.
   * Both give the same bytes. A linear model is a short sum and always scored in JavaScript.
   */
  kernel?: 'auto' | 'simd' | 'javascript';
  /** the kernel, compiled already ({@link compileKernel}): for edge workers that compile nothing, and for many scorers */
  module?: WebAssembly.Module;
}

/**
 * Loads a packed blob. Asynchronous once, as compiling is; scoring is synchronous.
 * @throws {FormatError} when the blob is not what it should be.
 * @throws {ConfigError} on a wrong option, or when `simd` is asked for and not there.
 * @example
 * const scorer = await loadScorer(blob);
 * const [probability] = scorer.predict([{ minutes_watched: 42, student_country: 'US' }]);
 */
export async function loadScorer(blob: Uint8Array, options: LoadOptions = {}): Promise<Scorer> {
  const { kernel = 'auto', module, ...recordOptions } = options;
  checkKnownKeys('option', options, ['kernel', 'module', ...Object.keys(RECORD_DEFAULTS)]);
  checkOneOf('kernel', kernel, ['auto', 'simd', 'javascript']);
  // the engine compiles in the background while the blob is read
  const compiling = kernel === 'javascript' ? undefined : (module ?? tryCompile());
  const model = decodeBlob(blob);
  return createScorer(model, await createEngine(model, kernel, await compiling), recordOptions);
}

async function createEngine(
  model: QuantizedModel,
  kernel: 'auto' | 'simd' | 'javascript',
  compiled: WebAssembly.Module | undefined,
): Promise<Engine> {
  const { predictor, calibrator, features } = model;
  if (predictor.kind === 'linear') {
    return createRowEngine(features.length, calibrator, predictor.link, createLinearSum(predictor));
  }
  if (compiled) return createSimdEngine(predictor, features.length, calibrator, compiled);
  if (kernel === 'simd') {
    throw new ConfigError('"kernel" is "simd", and WebAssembly with SIMD is not to be had here');
  }
  return createRowEngine(
    features.length,
    calibrator,
    predictor.link,
    createForestWalker(predictor),
  );
}

/** Without WebAssembly, without SIMD, or where a page's policy forbids to compile, there is no module. */
async function tryCompile(): Promise<WebAssembly.Module | undefined> {
  try {
    return await compileKernel();
  } catch {
    return undefined;
  }
}

function createScorer(
  model: QuantizedModel,
  engine: Engine,
  recordOptions: Partial<RecordOptions>,
): Scorer {
  const { schema, features, threshold, rules, calibrator, predictor } = model;
  const featureCount = features.length;
  const encoder = createRecordEncoder(schema.fields, features, recordOptions);
  const oneRow = new Float32Array(featureCount);

  /** The feature matrix of either kind of rows, and how many there are. */
  function toMatrix(rows: readonly RowRecord[] | Float32Array): [Float32Array, number] {
    if (rows instanceof Float32Array) {
      const rowCount = featureCount === 0 ? 0 : rows.length / featureCount;
      if (Number.isInteger(rowCount)) return [rows, rowCount];
      throw new ShapeError(
        `a matrix of ${rows.length} values is no whole number of rows of ${featureCount} features`,
      );
    }
    if (!Array.isArray(rows)) {
      throw new ShapeError('expected an array of records or a row-major Float32Array');
    }
    const matrix = new Float32Array(rows.length * featureCount);
    rows.forEach((record, row) => {
      encoder.encodeInto(record, row, matrix, row * featureCount);
    });
    return [matrix, rows.length];
  }

  function rowProbability(values: ArrayLike<number>): number {
    return Math.fround(calibrate(calibrator, predictor.link, engine.rowMargin(values)));
  }

  return {
    schema,
    features,
    threshold,
    rules,
    kernel: engine.kernel,
    predict(rows) {
      if (Array.isArray(rows) && rows.length === 1) {
        encoder.encodeInto(rows[0] as RowRecord, 0, oneRow, 0);
        return Float32Array.of(rowProbability(oneRow));
      }
      const [matrix, rowCount] = toMatrix(rows);
      const out = new Float32Array(rowCount);
      engine.probabilitiesInto(matrix, rowCount, out);
      return out;
    },
    predictRow(values) {
      if (values.length === featureCount) return rowProbability(values);
      throw new ShapeError(
        `a row of ${values.length} values, the model has ${featureCount} features`,
      );
    },
    predictInto(matrix, rowCount, out) {
      if (!Number.isInteger(rowCount) || rowCount < 0) {
        throw new ShapeError(`"rowCount" expected an integer from 0, got ${rowCount}`);
      }
      if (matrix.length < rowCount * featureCount) {
        throw new ShapeError(
          `a matrix of ${matrix.length} values, ${rowCount} rows of ${featureCount} features need ${rowCount * featureCount}`,
        );
      }
      if (out.length < rowCount) {
        throw new ShapeError(`"out" has room for ${out.length} of ${rowCount} probabilities`);
      }
      engine.probabilitiesInto(matrix, rowCount, out);
    },
    margin(rows) {
      const [matrix, rowCount] = toMatrix(rows);
      const out = new Float32Array(rowCount);
      engine.marginsInto(matrix, rowCount, out);
      return out;
    },
    label(probability) {
      return probability >= threshold.value ? schema.target.positive : schema.target.negative;
    },
  };
}
