import { createRandom } from '../core/random.js';
import { selectRows, type Table } from '../core/table.js';
import {
  adversarialTable,
  type Comparison,
  comparePredictions,
  decisionOf,
  openOnnx,
} from '../evaluate/index.js';
import { featureMatrix } from '../model/feature.js';
import type { Model, Task } from '../model/model.js';
import { loadScorer, predictReference } from '../score/index.js';
import type { Config } from './config.js';
import type { ModelForms } from './optimizeStage.js';

/** Two engines held against each other on one set of rows. */
export interface ParityCheck extends Comparison {
  /** which engine, against which */
  name: 'onnx_reference' | 'blob_reference' | 'quantized_onnx_blob';
  sample: 'data' | 'adversarial';
  /** on `maxDelta`, in its unit */
  maxTolerance: number;
  meanTolerance: number | undefined;
  passed: boolean;
}

/** `parity_report.json`. */
export interface ParityReport {
  passed: boolean;
  task: Task;
  /**
   * what the configured tolerances are multiplied with: 1 for probabilities, the standard deviation of the reference
   * predictions of the data for numbers
   */
  unit: number;
  /** proved: no input moves the margin of the int8 model by more than this */
  marginBound: number;
  checks: ParityCheck[];
}

/**
 * What float32 may do to a number whatever its unit, as a share of the greatest |prediction|: eight roundings of the sum of
 * a forest. A target such as a year varies by little beside its size.
 */
const FLOAT32_SHARE = 2 ** -20;

/**
 * The parity gate. Reference: this library in float64. Referee: onnxruntime-web, which reads the raw fields.
 * Rows: the given ones, and adversarial ones made of them (on thresholds and their float neighbours, ±0, ±Infinity, NaN,
 * unseen and missing categories).
 * Tolerances are of probabilities; for numbers they are shares of the standard deviation of the predictions of the data,
 * plus what float32 makes of numbers of that size.
 * @throws {ConfigError} when onnxruntime-web is not installed.
 */
export async function checkParity(
  model: Model,
  forms: Pick<ModelForms, 'blob' | 'onnx' | 'quantizedOnnx'> & { marginBound: number },
  table: Table,
  config: Config,
): Promise<ParityReport> {
  const { quantization } = config;
  const scorer = await loadScorer(forms.blob);
  const onnx = await openOnnx(forms.onnx);
  const quantizedOnnx = await openOnnx(forms.quantizedOnnx);
  const random = createRandom(config.seed).fork('adversarial');
  const samples = {
    data: table,
    adversarial:
      quantization.adversarial_rows === 0
        ? selectRows(table, new Uint32Array(0))
        : adversarialTable(model, table, { rowCount: quantization.adversarial_rows, random }),
  };
  const checks: ParityCheck[] = [];
  const decision = decisionOf(model);
  const { onnx_abs_tolerance, parity_abs_tolerance, parity_mean_tolerance } = quantization;
  let unit = 1;
  const add = (
    name: ParityCheck['name'],
    sample: ParityCheck['sample'],
    [reference, candidate]: [ArrayLike<number>, ArrayLike<number>],
    maxShare: number,
    meanShare?: number,
  ): void => {
    const comparison: Comparison = comparePredictions(reference, candidate, decision);
    const rounding = model.task === 'regression' ? FLOAT32_SHARE * greatestOf(reference) : 0;
    const maxTolerance = maxShare * unit + rounding;
    const meanTolerance = meanShare === undefined ? undefined : meanShare * unit + rounding;
    const passed =
      comparison.maxDelta <= maxTolerance &&
      (meanTolerance === undefined || comparison.meanDelta <= meanTolerance);
    checks.push({ name, sample, ...comparison, maxTolerance, meanTolerance, passed });
  };

  try {
    for (const sample of ['data', 'adversarial'] as const) {
      const rows = samples[sample];
      if (rows.rowCount === 0) continue;
      const matrix = featureMatrix(model.schema.fields, model.features, rows);
      const reference = predictReference(model, matrix, rows.rowCount);
      const blob = scorer.predict(matrix);
      const fromOnnx = (await onnx.predictTable(rows, model.schema)).predictions;
      const fromQuantized = (await quantizedOnnx.predictTable(rows, model.schema)).predictions;
      // of numbers the data decide, also for adversarial rows
      if (sample === 'data') unit = unitOf(comparePredictions(reference, reference, decision));
      add('onnx_reference', sample, [reference, fromOnnx], onnx_abs_tolerance);
      add('blob_reference', sample, [reference, blob], parity_abs_tolerance, parity_mean_tolerance);
      add('quantized_onnx_blob', sample, [blob, fromQuantized], onnx_abs_tolerance);
    }
  } finally {
    await onnx.release();
    await quantizedOnnx.release();
  }
  return {
    passed: checks.every((check) => check.passed),
    task: model.task,
    unit,
    marginBound: forms.marginBound,
    checks,
  };
}

function unitOf({ standardDeviation }: Comparison): number {
  return standardDeviation ?? 1;
}

function greatestOf(values: ArrayLike<number>): number {
  let greatest = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) greatest = Math.max(greatest, Math.abs(values[i]!));
  }
  return greatest;
}
