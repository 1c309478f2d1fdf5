// What the monitor is worth: false alarms, power, memory, merging, how often expected performance is within its interval, and how
// often retraining replaces a model by one that is no better.
// usage: tsx bench/monitoring.ts [part ...] [--windows 1000] [--rows 10000000] [--data ../shared/data] [--sets higgs,adult] [--folds 5]
//        parts: alarms, persistence, power, promotion, merge, memory, estimates; all of them when none is named
import { parseArgs } from 'node:util';
import { estimates } from './monitoring/estimates.js';
import { falseAlarms, persistence } from './monitoring/falseAlarms.js';
import { memory, merging } from './monitoring/memory.js';
import { power } from './monitoring/power.js';
import { promotion } from './monitoring/promotion.js';
import { describeEnvironment } from './training/environment.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    windows: { type: 'string', default: '1000' },
    rows: { type: 'string', default: '10000000' },
    sets: { type: 'string', default: '' },
    folds: { type: 'string', default: '5' },
    data: { type: 'string', default: process.env.COPPICE_DATA ?? '../shared/data' },
  },
});
const PARTS: Record<string, () => void | Promise<void>> = {
  alarms: () => falseAlarms(Number(values.windows)),
  persistence: () => persistence(Number(values.windows)),
  power: () => power(),
  promotion: () => promotion(Number(values.windows)),
  merge: () => merging(),
  memory: () => memory(Number(values.rows)),
  estimates: () => estimates(values.data, values.sets.split(','), Number(values.folds)),
};
const unknown = positionals.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) {
  console.error(`unknown part "${unknown}"; there are ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
console.log(describeEnvironment());
for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
  console.log(`\n${name}`);
  await PARTS[name]!();
}
