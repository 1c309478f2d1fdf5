import { createRandom, type Random } from '../../src/core/random.js';
import {
  assessDrift,
  createMonitor,
  createMonitorState,
  type DriftReference,
  type MonitorState,
  observe,
  recommendRetraining,
} from '../../src/monitor/index.js';
import { WindowCounts } from './windowCounts.js';
import { Population, WORLDS } from './worlds.js';

const REFERENCE_ROWS = [1000, 10_000, 50_000];
const WINDOW_ROWS = [50, 100, 1000, 10_000, 100_000, 1_000_000];
/** windows of so many rows are drawn row by row too, which must come to the same */
const ROW_BY_ROW = [100, 1000];
// a rate is that of windows and references alike: one reference that is off is off in every window
const MOST_REFERENCES = 50;
const ALL_REFERENCE_ROWS = 1_000_000;

/** Share of unchanged windows that raise any alarm at all; the configured rate is 1 %. */
export function falseAlarms(windows: number): void {
  console.log(
    `share of ${windows} windows of the population of the reference with any alarm at all, configured 1 %; over ${REFERENCE_ROWS.map(referenceCount).join(', ')} references`,
  );
  console.log(
    'a window is drawn as the counts of its rows (bench/monitoring/windowCounts.ts says why that is the same), or row by row where it says so',
  );
  console.log(['task', 'rows', ...REFERENCE_ROWS.map((rows) => `reference ${rows}`)].join('\t'));
  for (const world of WORLDS) {
    const population = new Population(world);
    const references = REFERENCE_ROWS.map((rows) => {
      const random = createRandom(rows);
      return Array.from({ length: referenceCount(rows) }, () =>
        population.drawReference(random, rows),
      );
    });
    const counts = references.map((some) =>
      some.map((reference) => new WindowCounts(reference, population)),
    );
    for (const rowCount of WINDOW_ROWS) {
      const rates = counts.map((some) => {
        const random = createRandom(rowCount);
        return alarmRate(windows, (index) => some[index % some.length]!.draw(rowCount, random));
      });
      print(world.task, String(rowCount), rates);
    }
    for (const rowCount of ROW_BY_ROW) {
      const rates = references.map((some) => {
        const random = createRandom(rowCount);
        return alarmRate(windows, (index) =>
          stateOfRows(population, some[index % some.length]!, rowCount, random),
        );
      });
      print(world.task, `${rowCount} row by row`, rates);
    }
  }
}

function print(task: string, rows: string, rates: readonly number[]): void {
  console.log([task, rows, ...rates.map((rate) => `${(100 * rate).toFixed(2)} %`)].join('\t'));
}

function referenceCount(rows: number): number {
  return Math.min(MOST_REFERENCES, ALL_REFERENCE_ROWS / rows);
}

/** @param draw - the window of an index */
function alarmRate(windows: number, draw: (index: number) => MonitorState): number {
  let alarms = 0;
  for (let i = 0; i < windows; i++) {
    const report = assessDrift(draw(i));
    if (recommendRetraining(report).recommendation !== 'none') alarms++;
  }
  return alarms / windows;
}

function stateOfRows(
  population: Population,
  reference: DriftReference,
  rowCount: number,
  random: Random,
): MonitorState {
  const { table, predictions } = population.drawRows(random, rowCount);
  const state = createMonitorState(reference) as MonitorState;
  observe(state, table, predictions);
  return state;
}

/** The same through a monitor: of windows in a row, how many are told to retrain or to investigate. */
export function persistence(windows: number): void {
  console.log(
    `share of ${windows} unchanged windows in a row, 1,000 rows each, after which a monitor recommends`,
  );
  console.log(['task', 'watch', 'investigate', 'retrain'].join('\t'));
  for (const world of WORLDS) {
    const population = new Population(world);
    const random = createRandom(5);
    const monitor = createMonitor({
      reference: population.drawReference(random, 10_000),
      windowsBy: 'position',
      options: { windowsKept: 20 },
    });
    const counts: Record<string, number> = { none: 0, watch: 0, investigate: 0, retrain: 0 };
    for (let i = 0; i < windows; i++) {
      const { table, predictions } = population.drawRows(random, 1000);
      monitor.record(table, predictions, undefined, 1000 * i);
      counts[monitor.retrainingTrigger(Infinity).recommendation]!++;
    }
    const shown = ['watch', 'investigate', 'retrain'].map(
      (name) => `${((100 * counts[name]!) / windows).toFixed(2)} %`,
    );
    console.log([world.task, ...shown].join('\t'));
  }
}
