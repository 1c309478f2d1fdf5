import { createRandom } from '../../src/core/random.js';
import {
  assessDrift,
  createMonitor,
  createMonitorState,
  type DriftReference,
  type MonitorState,
  observe,
  recommendRetraining,
} from '../../src/monitor/index.js';
import { drawCounts } from './drawCounts.js';
import { WORLDS, type World } from './worlds.js';

const REFERENCE_ROWS = [1000, 10_000, 50_000];
/** rows of a window up to which real rows are drawn; larger windows are multinomial draws from the reference itself */
const REAL_ROWS = 1000;
const WINDOW_ROWS = [50, 100, 200, 1000, 10_000, 100_000, 1_000_000];
const REFERENCES = 5;

/** Share of unchanged windows that raise any alarm at all; the configured rate is 1 %. */
export function falseAlarms(windows: number): void {
  console.log(
    `share of ${windows} unchanged windows with any alarm, configured 1 %; ${REFERENCES} references each`,
  );
  console.log(
    `up to ${REAL_ROWS} rows drawn from the population, more as counts from the reference (from the population: with --windows 100 in a minute)`,
  );
  console.log(['task', 'rows', ...REFERENCE_ROWS.map((rows) => `reference ${rows}`)].join('\t'));
  for (const world of WORLDS) {
    for (const rowCount of WINDOW_ROWS) {
      const rates = REFERENCE_ROWS.map((rows) => alarmRate(world, rows, rowCount, windows));
      const shown = rates.map((rate) => `${(100 * rate).toFixed(2)} %`);
      console.log([world.task, rowCount, ...shown].join('\t'));
    }
  }
}

function alarmRate(world: World, referenceRows: number, rowCount: number, windows: number): number {
  const random = createRandom(referenceRows + rowCount);
  let alarms = 0;
  for (let seed = 1; seed <= REFERENCES; seed++) {
    const reference = world.reference(referenceRows, seed);
    for (let i = 0; i < windows / REFERENCES; i++) {
      const state =
        rowCount <= REAL_ROWS
          ? stateOfRows(world, reference, rowCount, random)
          : drawCounts(reference, rowCount, random);
      if (recommendRetraining(assessDrift(state)).recommendation !== 'none') alarms++;
    }
  }
  return alarms / windows;
}

function stateOfRows(
  world: World,
  reference: DriftReference,
  rowCount: number,
  random: ReturnType<typeof createRandom>,
): MonitorState {
  const { table, predictions } = world.draw(random, rowCount);
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
    const monitor = createMonitor({
      reference: world.reference(10_000, 1),
      windowsBy: 'position',
      options: { windowsKept: 20 },
    });
    const random = createRandom(5);
    const counts: Record<string, number> = { none: 0, watch: 0, investigate: 0, retrain: 0 };
    for (let i = 0; i < windows; i++) {
      const { table, predictions } = world.draw(random, 1000);
      monitor.record(table, predictions, undefined, 1000 * i);
      counts[monitor.retrainingTrigger(Infinity).recommendation]!++;
    }
    const shown = ['watch', 'investigate', 'retrain'].map(
      (name) => `${((100 * counts[name]!) / windows).toFixed(2)} %`,
    );
    console.log([world.task, ...shown].join('\t'));
  }
}
