import { exp } from '../../core/elementary.js';
import { addColumnGains } from './addColumnGains.js';
import { categoryBound } from './categoryBound.js';
import {
  BUNDLE_BYTES,
  GROUP_COLUMNS,
  type Kernel,
  PAIR_BYTES,
  RECORD_BYTES,
  TABLE_BYTES,
} from './kernel.js';
import { portablePartition } from './portablePartition.js';
import { scanBoundedColumn } from './scanBoundedColumn.js';
import { scanColumn } from './scanColumn.js';

const MIN_HESSIAN = 1e-16;
const SIGN_OFF = 0x7fffffff;

/**
 * The kernels in plain JavaScript, for engines without WebAssembly SIMD, and the twin that tests hold the others to:
 * every sum is added in the same order, so the bits are the same.
 */
export function createPortableKernel(buffer: ArrayBuffer): Kernel {
  const bytes = new Uint8Array(buffer);
  const words = new Uint32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
  const floats = new Float32Array(buffer, 0, words.length);
  const doubles = new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8));

  const buildHistogram: Kernel['buildHistogram'] = (
    bins,
    binStride,
    indices,
    count,
    gradients,
    storedTable,
    groups,
    groupCount,
    _tile,
    _tileRows,
    histogram,
    histogramBytes,
    bundleSums,
    bundleSumsBytes,
  ) => {
    doubles.fill(0, histogram / 8, (histogram + histogramBytes) / 8);
    doubles.fill(0, bundleSums / 8, (bundleSums + bundleSumsBytes) / 8);
    for (let g = 0; g < groupCount; g++) {
      const start = GROUP_COLUMNS * words[groups / 4 + g]!;
      for (let column = start; column < start + GROUP_COLUMNS; column++) {
        const record = (storedTable + column * TABLE_BYTES) / 4;
        const base = words[record + 3] === 1 ? bundleSums : histogram;
        const first = (base + words[record]!) / 8;
        for (let i = 0; i < count; i++) {
          const row = words[indices / 4 + i]!;
          const at = first + 2 * bytes[bins + row * binStride + column]!;
          const pair = gradients / 4 + 2 * row;
          doubles[at]! += floats[pair]!;
          doubles[at + 1]! += floats[pair + 1]!;
        }
      }
    }
  };

  return {
    binColumn(values, valueStride, rowCount, thresholds, firstStep, missingBin, bins) {
      const first = thresholds / 4;
      for (let row = 0, at = values / 4; row < rowCount; row++, at += valueStride / 4) {
        const x = floats[at]!;
        let bin = 0;
        for (let step = firstStep; step >= 1; step >>= 1) {
          if (floats[first + bin + step - 1]! < x) bin += step;
        }
        if (x !== x) bin = missingBin;
        bytes[bins + row] = bin;
      }
    },

    storeColumns(sources, rowCount, out, outStride) {
      for (let k = 0; k < GROUP_COLUMNS; k++) {
        const source = words[sources / 4 + k]!;
        for (let row = 0; row < rowCount; row++) {
          bytes[out + k + row * outStride] = bytes[source + row]!;
        }
      }
    },

    logisticGradients(margins, targets, weights, rowCount, gradients) {
      for (let row = 0; row < rowCount; row++) {
        const margin = doubles[margins / 8 + row]!;
        const weight = floats[weights / 4 + row]!;
        const positive = floats[targets / 4 + row]! > 0.5;
        const z = positive ? -margin : margin;
        const e = exp(-Math.abs(margin));
        const r = 1 / (1 + e);
        const probability = (z < 0 ? e : 1) * r;
        const curvature = e * r * r;
        const at = gradients / 4 + 2 * row;
        floats[at] = weight * (positive ? -probability : probability);
        floats[at + 1] = weight * Math.max(curvature, MIN_HESSIAN);
      }
    },

    gradientRange(indices, count, gradients, out) {
      const range = [0, 0, SIGN_OFF, SIGN_OFF];
      for (let i = 0; i < count; i++) {
        const at = gradients / 4 + 2 * words[indices / 4 + i]!;
        for (let k = 0; k < 2; k++) {
          const size = words[at + k]! & SIGN_OFF;
          range[k] = Math.max(range[k]!, size);
          range[k + 2] = Math.min(range[k + 2]!, size);
        }
      }
      words.set(range, out / 4);
    },

    roundGradients(gradients, rowCount, key, gradientScale, hessianScale, chance) {
      const inverses = [1 / gradientScale, 1 / hessianScale];
      for (let place = 0; place < 2 * rowCount; place++) {
        const isHessian = place & 1;
        const hash = mixed((key + place) | 0) >>> 0;
        const draw = isHessian
          ? hash * (chance / 4294967296) + (1 - chance) / 2
          : hash / 4294967296;
        const at = gradients / 4 + place;
        const whole = Math.floor(floats[at]! * inverses[isHessian]! + draw);
        floats[at] = whole * (isHessian ? hessianScale : gradientScale);
      }
    },

    softmaxNormalizers(margins, stride, rowCount, classCount, greatests, sums) {
      const first = margins / 8;
      const step = stride / 8;
      for (let row = 0; row < rowCount; row++) {
        let greatest = doubles[first + row]!;
        for (let code = 1; code < classCount; code++) {
          greatest = Math.max(greatest, doubles[first + code * step + row]!);
        }
        let sum = 0;
        for (let code = 0; code < classCount; code++) {
          sum += exp(doubles[first + code * step + row]! - greatest);
        }
        doubles[greatests / 8 + row] = greatest;
        doubles[sums / 8 + row] = sum;
      }
    },

    softmaxGradients(
      margins,
      greatests,
      sums,
      targets,
      classCode,
      weights,
      rowCount,
      curvature,
      gradients,
    ) {
      for (let row = 0; row < rowCount; row++) {
        const greatest = doubles[greatests / 8 + row]!;
        const sum = doubles[sums / 8 + row]!;
        const p = exp(doubles[margins / 8 + row]! - greatest) / sum;
        const y = floats[targets / 4 + row] === classCode ? 1 : 0;
        const weight = floats[weights / 4 + row]!;
        const at = gradients / 4 + 2 * row;
        floats[at] = weight * (p - y);
        floats[at + 1] = weight * Math.max(MIN_HESSIAN, curvature * (p * (1 - p)));
      }
    },

    buildHistogram,

    // the sums are exact either way: so are their bits
    buildPackedHistogram: buildHistogram,

    spreadBundles(bundleSums, bundleTable, bundleCount, memberBins, histogram) {
      for (let b = 0; b < bundleCount; b++) {
        const bundle = (bundleTable + b * BUNDLE_BYTES) / 4;
        const sums = (bundleSums + words[bundle]!) / 8;
        const bins = memberBins + words[bundle + 2]!;
        for (let k = 0; k < GROUP_COLUMNS; k++) {
          const first = (histogram + words[bundle + ((k + 1) * TABLE_BYTES) / 4]!) / 8;
          for (let code = 0; code < words[bundle + 1]!; code++) {
            const at = first + 2 * bytes[bins + code * GROUP_COLUMNS + k]!;
            doubles[at]! += doubles[sums + 2 * code]!;
            doubles[at + 1]! += doubles[sums + 2 * code + 1]!;
          }
        }
      }
    },

    countRows(
      bins,
      binStride,
      indices,
      count,
      storedTable,
      groups,
      groupCount,
      counts,
      countBytes,
      bundleCounts,
      bundleCountBytes,
    ) {
      words.fill(0, counts / 4, (counts + countBytes) / 4);
      words.fill(0, bundleCounts / 4, (bundleCounts + bundleCountBytes) / 4);
      for (let g = 0; g < groupCount; g++) {
        const start = GROUP_COLUMNS * words[groups / 4 + g]!;
        for (let column = start; column < start + GROUP_COLUMNS; column++) {
          const record = (storedTable + column * TABLE_BYTES) / 4;
          const base = words[record + 3] === 1 ? bundleCounts : counts;
          const first = base / 4 + words[record]! / PAIR_BYTES;
          for (let i = 0; i < count; i++) {
            words[first + bytes[bins + words[indices / 4 + i]! * binStride + column]!]!++;
          }
        }
      }
    },

    addHistogram(histogram, other, histogramBytes) {
      for (let i = 0; i < histogramBytes / 8; i++) {
        doubles[histogram / 8 + i]! += doubles[other / 8 + i]!;
      }
    },

    countColumn(bins, indices, count, binCount, spare, counts) {
      words.fill(0, spare / 4, spare / 4 + binCount);
      words.fill(0, counts / 4, counts / 4 + binCount);
      for (let i = 0; i < count; i++) {
        const bin = bytes[bins + words[indices / 4 + i]!]!;
        words[((i & 1) === 0 ? counts : spare) / 4 + bin]!++;
      }
      for (let bin = 0; bin < binCount; bin++) words[counts / 4 + bin]! += words[spare / 4 + bin]!;
    },

    subtractHistogram(histogram, other, histogramBytes) {
      const from = other / 8;
      for (let i = 0, at = histogram / 8; i < histogramBytes / 8; i++, at++) {
        doubles[at]! -= doubles[from + i]!;
      }
    },

    sumGradients(indices, count, gradients, out) {
      let gradient = 0;
      let hessian = 0;
      for (let i = 0; i < count; i++) {
        const pair = gradients / 4 + 2 * words[indices / 4 + i]!;
        gradient += floats[pair]!;
        hessian += floats[pair + 1]!;
      }
      doubles[out / 8] = gradient;
      doubles[out / 8 + 1] = hessian;
    },

    findNumericSplits(
      histogram,
      columnTable,
      columns,
      columnCount,
      gradient,
      hessian,
      minHessian,
      l1,
      l2,
      records,
    ) {
      const totals = { gradient, hessian, minHessian, l1, l2 };
      for (let i = 0; i < columnCount; i++) {
        const table = (columnTable + words[columns / 4 + i]! * TABLE_BYTES) / 4;
        const first = (histogram + words[table]!) / 8;
        const record = (records + i * RECORD_BYTES) / 8;
        scanColumn(doubles, first, words[table + 1]!, words[table + 2]! === 1, totals, record);
      }
    },

    findBoundedSplits(
      histogram,
      columnTable,
      columns,
      columnCount,
      gradient,
      hessian,
      minHessian,
      l1,
      l2,
      lower,
      upper,
      records,
    ) {
      const totals = { gradient, hessian, minHessian, l1, l2, lower, upper };
      for (let i = 0; i < columnCount; i++) {
        const table = (columnTable + words[columns / 4 + i]! * TABLE_BYTES) / 4;
        const first = (histogram + words[table]!) / 8;
        const record = (records + i * RECORD_BYTES) / 8;
        const hasMissing = words[table + 2]! === 1;
        const direction = words[table + 3]! | 0;
        scanBoundedColumn(doubles, first, words[table + 1]!, hasMissing, direction, totals, record);
      }
    },

    categoryBounds(
      histogram,
      columnTable,
      columns,
      columnCount,
      mostSingles,
      listed,
      least,
      shrinkage,
      bounds,
    ) {
      for (let i = 0; i < columnCount; i++) {
        const table = (columnTable + words[columns / 4 + i]! * TABLE_BYTES) / 4;
        const first = (histogram + words[table]!) / 8;
        const binCount = words[table + 1]! + 1;
        const isGrouped = binCount > mostSingles;
        const limits = { listed: isGrouped ? listed : -Infinity, least };
        const bound = categoryBound(doubles, first, binCount, limits);
        doubles[bounds / 8 + i] = isGrouped ? bound * shrinkage : bound;
      }
    },

    addLevelGains(
      histogram,
      columnTable,
      columns,
      columnCount,
      gradient,
      hessian,
      minHessian,
      l1,
      l2,
      lower,
      upper,
      ownScore,
      leastGain,
      gains,
    ) {
      const sums = { gradient, hessian, minHessian, l1, l2, lower, upper };
      const totals = { ...sums, ownScore, leastGain };
      for (let i = 0; i < columnCount; i++) {
        const table = (columnTable + words[columns / 4 + i]! * TABLE_BYTES) / 4;
        const first = (histogram + words[table]!) / 8;
        const at = (gains + words[table]!) / 8;
        const hasMissing = words[table + 2]! === 1;
        const direction = words[table + 3]! | 0;
        addColumnGains(doubles, first, words[table + 1]!, hasMissing, direction, totals, at);
      }
    },

    ...portablePartition(bytes, words),

    addToMargins(margins, indices, count, value) {
      for (let i = 0; i < count; i++) doubles[margins / 8 + words[indices / 4 + i]!]! += value;
    },
  };
}

/** An integer hash in which each bit of the input decides over each of the output (`lowbias32`, Wellons 2018). */
function mixed(x: number): number {
  let bits = x ^ (x >>> 16);
  bits = Math.imul(bits, 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return bits ^ (bits >>> 16);
}
