import { createRandom } from '../../src/core/random.js';
import { assessDrift, createMonitorState, observe } from '../../src/monitor/index.js';
import { type Change, drawReference, drawSample } from '../../test/monitor/samples.js';

const WINDOWS = 300;
const ROWS = [100, 200, 300, 500, 1000];
const CASES: [string, string, Change][] = [
  ['a lognormal doubled', 'amount', { amount: (x) => 2 * x }],
  ['a variance doubled', 'score', { score: (x) => Math.SQRT2 * x }],
  ['a rate from 1 % to 5 %', 'flag', { flag: (_, random) => (random.uniform() < 0.05 ? 1 : 0) }],
];

/** Share of windows in which a change that the mean does not see is found. */
export function power(): void {
  console.log(
    `share of ${WINDOWS} windows that call the changed field drifted; reference of 10,000 rows`,
  );
  console.log(['change', ...ROWS.map((rows) => `${rows} rows`)].join('\t'));
  const reference = drawReference(10_000);
  for (const [name, field, change] of CASES) {
    const shares = ROWS.map((rowCount) => {
      const random = createRandom(rowCount);
      let found = 0;
      for (let i = 0; i < WINDOWS; i++) {
        const { table, probabilities } = drawSample(random, rowCount, change);
        const state = createMonitorState(reference);
        observe(state, table, probabilities);
        if (assessDrift(state).driftedFields.includes(field)) found++;
      }
      return `${((100 * found) / WINDOWS).toFixed(0)} %`;
    });
    console.log([name, ...shares].join('\t'));
  }
}
