import { createRandom } from '../core/random.js';
import type { Table } from '../core/table.js';
import {
  adversarialTable,
  type Comparison,
  comparePredictions,
  decisionOf,
  openOnnx,
} from '../evaluate/index.js';
import { featureMatrix } from '../model/feature.js';
import type { BinaryModel } from '../model/model.js';
import { loadScorer, predictReference } from '../score/index.js';
import type { Config } from './config.js';
import type { ModelForms } from './optimizeStage.js';

/** Two engines held against each other on one set of rows. */
export interface ParityCheck extends Comparison {
  /** which engine, against which */
  name: 'onnx_reference' | 'blob_reference' | 'quantized_onnx_blob';
  sample: 'data' | 'adversarial';
  maxTolerance: number;
  meanTolerance: number | undefined;
  passed: boolean;
}

/** `parity_report.json`. */
export interface ParityReport {
  passed: boolean;
  /** proved: no input moves the margin of the int8 model by more than this */
  marginBound: number;
  checks: ParityCheck[];
}

/**
 * The parity gate. Reference: this library in float64. Referee: onnxruntime-web, which reads the raw fields.
 * Rows: the given ones, and adversarial ones made of them (on thresholds and their float neighbours, ±0, ±Infinity, NaN,
 * unseen and missing categories).
 * @throws {ConfigError} when onnxruntime-web is not installed.
 */
export async function checkParity(
  model: BinaryModel,
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
    adversarial: adversarialTable(model, table, {
      rowCount: quantization.adversarial_rows,
      random,
    }),
  };
  const checks: ParityCheck[] = [];
  const add = (
    name: ParityCheck['name'],
    sample: ParityCheck['sample'],
    comparison: Comparison,
    maxTolerance: number,
    meanTolerance?: number,
  ): void => {
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
      const decision = decisionOf(model);
      const { onnx_abs_tolerance, parity_abs_tolerance, parity_mean_tolerance } = quantization;
      add(
        'onnx_reference',
        sample,
        comparePredictions(reference, fromOnnx, decision),
        onnx_abs_tolerance,
      );
      add(
        'blob_reference',
        sample,
        comparePredictions(reference, blob, decision),
        parity_abs_tolerance,
        parity_mean_tolerance,
      );
      add(
        'quantized_onnx_blob',
        sample,
        comparePredictions(blob, fromQuantized, decision),
        onnx_abs_tolerance,
      );
    }
  } finally {
    await onnx.release();
    await quantizedOnnx.release();
  }
  return {
    passed: checks.every((check) => check.passed),
    marginBound: forms.marginBound,
    checks,
  };
}
