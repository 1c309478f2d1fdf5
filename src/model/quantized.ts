import type { Link } from './forest.js';
import type { Head, ModelParts } from './model.js';

/**
 * A byte column: the rank of a feature among the thresholds that the forest uses on it.
 * The byte is `1 + #{ thresholds < x }`; missing is 0 (goes left everywhere) or 255 (goes right everywhere).
 * `x <= thresholds[k]` is exactly `byte < k + 2`, so nothing is lost.
 */
export interface RankColumn {
  kind: 'rank';
  featureIndex: number;
  /** ascending, distinct, at most 253 */
  thresholds: Float32Array;
  missing: 'low' | 'high';
}

/** A byte column: seven category sets, a bit each, looked up by level code. */
export interface SetColumn {
  kind: 'sets';
  featureIndex: number;
  /** per level code, then the unseen level, then missing: bit i is set when the level goes left in set i, i in [0, 7) */
  table: Uint8Array;
}

export type ByteColumn = RankColumn | SetColumn;

/**
 * A forest over byte columns with integer leaves:
 * `margin of an output = its baseScore + Σ_group-of-output groupScale * Σ_tree-of-group leafValue`.
 * Structure as in {@link import('./forest.js').Forest}: child or root `i >= 0` is a node, `i < 0` is leaf `~i`.
 */
export interface QuantizedForest {
  kind: 'forest';
  link: Link;
  leafBits: 8 | 16;
  /** per output; holds the tree centres too */
  baseScores: Float64Array;
  columns: ByteColumn[];
  /**
   * A bit for each node (1) and leaf (0), lowest bit first, tree by tree in pre-order, left before right: the order of nodes and leaves.
   * What follows from it is worked out, and checked, when it is first asked for: per tree its root, per node its children.
   */
  structure: Uint8Array;
  roots: Int32Array;
  left: Int32Array;
  right: Int32Array;
  /** per node: index into `columns` */
  column: Uint16Array;
  /** per node: left when `byte < test` (rank column) or `(byte & test) !== 0` (set column) */
  test: Uint8Array;
  /** per leaf, in the tree's group scale */
  leafValue: Int8Array | Int16Array;
  /** per group: index of its first tree; trees of a group stand together */
  groupStart: Uint32Array;
  /** per group, float32 */
  groupScale: Float32Array;
  /** per group: the output that its trees add to, ascending */
  groupOutput: Uint16Array;
  /**
   * Per node: the share of its training rows that went left, in 255ths or 65,535ths, as many bits as a leaf has. Contributions need
   * them, scoring does not; absent where they are not known or were left out.
   */
  leftShare?: Uint8Array | Uint16Array;
}

/** A numeric input: `q = clamp(round((clamp(x ?? fill, lower, upper) - center) * inverseStep), -32767, 32767)`. */
export interface QuantizedNumeric {
  featureIndex: number;
  fill: number;
  lower: number;
  upper: number;
  center: number;
  inverseStep: number;
  /** int8, in [-127, 127] */
  weight: number;
}

/** A one-hot input: the level selects an int16; the unseen level is 0. */
export interface QuantizedCategorical {
  featureIndex: number;
  /** per level code */
  values: Int16Array;
  /** the level that stands in for a missing value, -1 for none */
  fill: number;
  /** int8, in [-127, 127] */
  weight: number;
}

/** One margin of a linear model: `intercept + scale * Σ weight * q`, an integer dot product of int8 weights and int16 inputs. */
export interface QuantizedSum {
  intercept: number;
  scale: number;
  numeric: QuantizedNumeric[];
  categorical: QuantizedCategorical[];
}

export interface QuantizedLinear {
  kind: 'linear';
  link: 'logit' | 'softmax';
  /** per output: each input has its own step for each, as that takes up the rounding of its weight */
  sums: QuantizedSum[];
}

/** Margins a row of a quantised predictor, as {@link import('./model.js').outputCountOf} has it. */
export function quantizedOutputCount(predictor: QuantizedForest | QuantizedLinear): number {
  return predictor.kind === 'forest' ? predictor.baseScores.length : predictor.sums.length;
}

/** What quantisation does to the predictions of calibration rows; differences are absolute. */
export interface QuantizationEffect {
  rowCount: number;
  /** over all rows and, of several classes, all probabilities */
  maxDelta: number;
  meanDelta: number;
  /** rows whose label changed: at the threshold, or the class with the greatest probability; 0 for a regression */
  decisionFlips: number;
  /** regression only: standard deviation of the predictions before quantisation, which the differences are to be held against */
  standardDeviation?: number;
}

/** A model whose predictor is integers. Everything around the predictor is unchanged. */
export type QuantizedModel = ModelParts & {
  format: 'coppice-quantized';
  predictor: QuantizedForest | QuantizedLinear;
  /** proved: no input moves a margin, of any output, by more than this */
  marginBound: number;
  /** absent where there were no calibration rows */
  measured?: QuantizationEffect;
} & Head;
