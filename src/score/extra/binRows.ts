import { ConfigError } from '../../core/errors.js';
import type { QuantizedModel } from '../../model/quantized.js';
import { columnByte } from '../../quantize/quantizedMargin.js';
import type { BinnedRows, FeatureSource } from '../engine.js';
import type { RowReader } from '../rowReader.js';
import type { Rows } from '../scorer.js';

/**
 * The bytes of the blob's columns for some rows; of rows that are binned, copies.
 * @throws {ConfigError} when the model has no byte columns.
 */
export function binRows(
  { predictor, features }: QuantizedModel,
  reader: RowReader,
  rows: Rows,
): Uint8Array[] {
  const columns = predictor.kind === 'forest' ? predictor.columns : [];
  if (columns.length === 0) throw new ConfigError('a model whose trees test nothing has no bins');
  const one = reader.readOne(rows);
  const { rowCount, blockRows, encode } = one
    ? { rowCount: 1, blockRows: 1, encode: () => one }
    : reader.open(rows);
  const bins = columns.map(() => new Uint8Array(rowCount));
  for (let start = 0; start < rowCount; start += blockRows) {
    const count = Math.min(blockRows, rowCount - start);
    const source = encode(start, count);
    if (isBinned(source)) return source.map((column) => column.slice());
    columns.forEach((column, index) => {
      const out = bins[index]!;
      const [values, stride, offset] =
        source instanceof Float32Array
          ? [source, features.length, column.featureIndex]
          : [source[column.featureIndex]!, 1, 0];
      for (let i = 0; i < count; i++) {
        out[start + i] = columnByte(column, values[offset + i * stride]!);
      }
    });
  }
  return bins;
}

function isBinned(source: FeatureSource | BinnedRows): source is BinnedRows {
  return source[0] instanceof Uint8Array;
}
