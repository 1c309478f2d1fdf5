import type { Random } from '../../src/core/random.js';
import type { Table } from '../../src/core/table.js';
import type { DriftReference } from '../../src/monitor/index.js';
import { type Change, drawReference, drawSample } from '../../test/monitor/samples.js';
import {
  classReference,
  drawClasses,
  drawNumbers,
  numberReference,
} from '../../test/monitor/taskSamples.js';

/** Rows and what a model made of them. */
export interface DrawnRows {
  table: Table;
  predictions: Float32Array;
}

/** A model and the rows it meets: seven fields that are hard on a monitor, and predictions of each task. */
export interface World {
  task: DriftReference['task'];
  reference: (rowCount: number, seed: number) => DriftReference;
  draw: (random: Random, rowCount: number, change?: Change) => DrawnRows;
}

export const WORLDS: readonly World[] = [
  {
    task: 'binary',
    reference: drawReference,
    draw(random, rowCount, change) {
      const { table, probabilities } = drawSample(random, rowCount, change);
      return { table, predictions: probabilities };
    },
  },
  {
    task: 'multiclass',
    reference: classReference,
    draw: (random, rows) => drawClasses(random, rows),
  },
  {
    task: 'regression',
    reference: numberReference,
    draw: (random, rows) => drawNumbers(random, rows),
  },
];
