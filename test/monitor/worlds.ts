import type { Random } from '../../src/core/random.js';
import type { Table } from '../../src/core/table.js';
import type { DriftReference, MonitorOptions } from '../../src/monitor/index.js';
import { drawReference, drawSample } from './samples.js';
import {
  CLASSES,
  classReference,
  drawClasses,
  drawNumbers,
  numberReference,
} from './taskSamples.js';

export const DAY = 86_400_000;

/** Windows so small that a test fills several of them. */
export const SMALL: Partial<MonitorOptions> = { windowRows: 20, windowHours: 24, windowsKept: 4 };

interface Rows {
  table: Table;
  predictions: Float32Array;
}

/** A model of a task, the rows that it meets and what becomes of them. */
export interface World {
  reference: DriftReference;
  draw: (random: Random, rowCount: number) => Rows;
  label: (random: Random) => string | number;
}

export const WORLDS: Record<DriftReference['task'], World> = {
  binary: {
    reference: drawReference(2000),
    draw(random, rowCount) {
      const { table, probabilities } = drawSample(random, rowCount);
      return { table, predictions: probabilities };
    },
    label: (random) => (random.uniform() < 0.2 ? 'yes' : 'no'),
  },
  multiclass: {
    reference: classReference(2000),
    draw: drawClasses,
    label: (random) => CLASSES[random.integer(4)]!,
  },
  regression: {
    reference: numberReference(2000),
    draw: drawNumbers,
    label: (random) => 20 + 10 * random.uniform(),
  },
};
