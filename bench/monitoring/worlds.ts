import { createRandom, type Random } from '../../src/core/random.js';
import { selectRows, type Table } from '../../src/core/table.js';
import type { Schema } from '../../src/model/schema.js';
import { buildReference, type DriftReference } from '../../src/monitor/index.js';
import { drawSample, SCHEMA } from '../../test/monitor/samples.js';
import { CLASSES, drawClasses, drawNumbers } from '../../test/monitor/taskSamples.js';

/** Rows, what a model made of them, and what became of them. */
export interface DrawnRows {
  table: Table;
  /** `width` a row */
  predictions: Float32Array;
  target: Float64Array;
}

/** A model and the rows it meets: seven fields that are hard on a monitor, and predictions of each task. */
export interface World {
  task: DriftReference['task'];
  schema: Schema;
  /** predictions a row */
  width: number;
  draw: (random: Random, rowCount: number) => DrawnRows;
}

export const WORLDS: readonly World[] = [
  {
    task: 'binary',
    schema: SCHEMA,
    width: 1,
    draw(random, rowCount) {
      const { table, probabilities } = drawSample(random, rowCount);
      const target = Float64Array.from(probabilities, (p) => Number(random.uniform() < p));
      return { table, predictions: probabilities, target };
    },
  },
  {
    task: 'multiclass',
    schema: { ...SCHEMA, target: { name: 'carrier', classes: CLASSES } },
    width: CLASSES.length,
    draw: (random, rowCount) => drawClasses(random, rowCount),
  },
  {
    task: 'regression',
    schema: { ...SCHEMA, target: { name: 'price', classes: [] } },
    width: 1,
    draw: (random, rowCount) => drawNumbers(random, rowCount),
  },
];

/** rows that a population has */
const POPULATION_ROWS = 100_000;

/**
 * A world as a finite population: every column, and the predictions with their targets, is drawn from independently of the others,
 * with replacement. So the counts of one column are a multinomial draw, whatever the others show.
 */
export class Population {
  readonly world: World;
  readonly rows: DrawnRows;

  constructor(world: World) {
    this.world = world;
    this.rows = world.draw(createRandom(1), POPULATION_ROWS);
  }

  drawRows(random: Random, rowCount: number): DrawnRows {
    const { table, predictions, target } = this.rows;
    const { width } = this.world;
    const picks = (): Uint32Array =>
      Uint32Array.from({ length: rowCount }, () => random.integer(POPULATION_ROWS));
    const columns = table.columns.map((column) => {
      const drawn = selectRows({ rowCount: POPULATION_ROWS, columns: [column] }, picks());
      return drawn.columns[0]!;
    });
    const scored = picks();
    return {
      table: { rowCount, columns },
      predictions: Float32Array.from(
        { length: rowCount * width },
        (_, i) => predictions[scored[Math.floor(i / width)]! * width + (i % width)]!,
      ),
      target: Float64Array.from(scored, (row) => target[row]!),
    };
  }

  /** A reference of so many rows of the population. */
  drawReference(random: Random, rowCount: number): DriftReference {
    const { task, schema } = this.world;
    const threshold = task === 'binary' ? 0.5 : undefined;
    return buildReference({ schema, task, threshold, ...this.drawRows(random, rowCount) });
  }
}
