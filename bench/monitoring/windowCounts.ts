import type { Random } from '../../src/core/random.js';
import { addInto } from '../../src/monitor/counts/exactSum.js';
import { topPredictions } from '../../src/monitor/counts/predictions.js';
import {
  type CategoryState,
  createMonitorState,
  type DriftReference,
  type MonitorState,
  type NumericState,
  observe,
} from '../../src/monitor/index.js';
import { binOf } from '../../src/monitor/reference/quantileBins.js';
import { binomial, multinomial } from './binomial.js';
import type { Population } from './worlds.js';

/** Predictions that a monitor counts alike, and the values that they have. */
interface Cell {
  scoreBin: number;
  calibrationBin: number;
  /** the predicted class, of several */
  code: number;
  /** beyond the range of the reference: -1 below, 1 above */
  beyond: number;
  values: number[];
  mean: number;
  deviation: number;
}

/**
 * Draws what a monitor has counted after a window of rows of a population, without drawing the rows. The columns of a population are
 * independent, so each column's counts are one multinomial draw, of which unseen levels and values out of range are binomial parts,
 * and the predictions' counts are one over all that is counted of them together. That is the very distribution of counted rows, with two
 * exceptions. The sum of the probabilities in a cell of more than {@link FEW} rows is drawn from its normal limit; and means, extremes
 * and the probabilities of each class are left out, which can raise no alarm here: a mean that moves by three standard deviations
 * is no matter of chance, and the precision and recall of a class are not tested.
 */
export class WindowCounts {
  readonly #reference: DriftReference;
  readonly #known: MonitorState;
  readonly #cells: Cell[];

  constructor(reference: DriftReference, population: Population) {
    this.#reference = reference;
    this.#known = createMonitorState(reference) as MonitorState;
    const { table, predictions } = population.rows;
    observe(this.#known, table, predictions);
    this.#cells = cellsOf(reference, predictions);
  }

  draw(rowCount: number, random: Random): MonitorState {
    const state = createMonitorState(this.#reference) as MonitorState;
    state.rowCount = rowCount;
    this.#known.fields.forEach((known, index) => {
      const field = state.fields[index]!;
      if (known.type === 'number') drawNumbers(field as NumericState, known, rowCount, random);
      else drawLevels(field as CategoryState, known, rowCount, random);
    });
    this.#drawPredictions(state, rowCount, random);
    return state;
  }

  #drawPredictions(state: MonitorState, rowCount: number, random: Random): void {
    const weights = this.#cells.map(({ values }) => values.length);
    multinomial(rowCount, weights, random).forEach((rows, index) => {
      const cell = this.#cells[index]!;
      state.score.counts[cell.scoreBin]! += rows;
      if (cell.beyond < 0) state.score.below += rows;
      if (cell.beyond > 0) state.score.above += rows;
      if (state.task === 'regression') return;
      state.calibration.rows[cell.calibrationBin]! += rows;
      addInto(state.calibration.predicted, cell.calibrationBin, sumOf(cell, rows, random));
      if (state.task === 'multiclass') state.classCounts[cell.code]! += rows;
    });
  }
}

function drawNumbers(field: NumericState, known: NumericState, n: number, random: Random): void {
  const drawn = multinomial(n, [...known.counts, known.missing], random);
  const last = known.counts.length - 1;
  field.counts.set(drawn.subarray(0, last + 1));
  field.missing = drawn[last + 1]!;
  // values beyond the reference's range are in its outer bins
  field.below = binomial(field.counts[0]!, known.below / (known.counts[0]! || 1), random);
  field.above = binomial(field.counts[last]!, known.above / (known.counts[last]! || 1), random);
}

function drawLevels(field: CategoryState, known: CategoryState, n: number, random: Random): void {
  const drawn = multinomial(n, [...known.counts, known.missing], random);
  const others = known.counts.length - 1;
  field.counts.set(drawn.subarray(0, others + 1));
  field.missing = drawn[others + 1]!;
  field.unseen = binomial(drawn[others]!, known.unseen / (known.counts[others]! || 1), random);
}

// rows of a cell up to which each of them is drawn
const FEW = 50;

function sumOf({ values, mean, deviation }: Cell, rows: number, random: Random): number {
  if (rows > FEW) return rows * mean + Math.sqrt(rows) * deviation * random.normal();
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += values[random.integer(values.length)]!;
  return sum;
}

function cellsOf(reference: DriftReference, predictions: Float32Array): Cell[] {
  const isMulticlass = reference.task === 'multiclass';
  const top = isMulticlass ? topPredictions(predictions, reference.classes.length) : undefined;
  const scores = top?.probabilities ?? predictions;
  const { edges, minimum, maximum } = reference.score;
  const calibrationEdges = reference.task === 'regression' ? [] : reference.calibration.edges;
  const cells = new Map<string, Cell>();
  scores.forEach((value, row) => {
    const scoreBin = binOf(edges, value);
    const calibrationBin = binOf(calibrationEdges, value);
    const code = top?.codes[row] ?? 0;
    const beyond = value < minimum ? -1 : Number(value > maximum);
    const key = `${scoreBin} ${calibrationBin} ${code} ${beyond}`;
    const cell = cells.get(key);
    if (cell) cell.values.push(value);
    else {
      const values = [value];
      cells.set(key, { scoreBin, calibrationBin, code, beyond, values, mean: 0, deviation: 0 });
    }
  });
  for (const cell of cells.values()) {
    const { values } = cell;
    cell.mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const squares = values.reduce((sum, x) => sum + (x - cell.mean) ** 2, 0);
    cell.deviation = Math.sqrt(squares / values.length);
  }
  return [...cells.values()];
}
