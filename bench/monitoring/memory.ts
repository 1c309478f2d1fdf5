import { createHash } from 'node:crypto';
import { canonicalJson } from '../../src/core/json.js';
import { createRandom } from '../../src/core/random.js';
import { selectRows } from '../../src/core/table.js';
import { createMonitor, type Monitor } from '../../src/monitor/index.js';
import { drawReference, drawSample } from '../../test/monitor/samples.js';

const BATCH = 10_000;
const STEPS = 10;
/** milliseconds between rows: 10 million of them are 58 days */
const BETWEEN_ROWS = 500;

/** Rows a second, and the memory that is left after garbage collection, over many rows with ids and labels. */
export function memory(rowCount: number): void {
  const { gc } = globalThis;
  if (!gc) console.log('(run node with --expose-gc for memory after garbage collection)');
  const monitor = createMonitor({ reference: drawReference(10_000) });
  const random = createRandom(1);
  const { table, probabilities } = drawSample(random, BATCH);
  console.log(['rows', 'rows a second', 'heap', 'state as JSON'].join('\t'));
  for (let step = 1; step <= STEPS; step++) {
    const batches = Math.ceil(rowCount / STEPS / BATCH);
    let seconds = 0;
    for (let batch = 0; batch < batches; batch++) {
      const first = ((step - 1) * batches + batch) * BATCH;
      const ids = Array.from({ length: BATCH }, (_, row) => `prediction-${first + row}`);
      const at = Float64Array.from({ length: BATCH }, (_, row) => BETWEEN_ROWS * (first + row));
      const labels = ids.map((id, row) => ({
        prediction_id: id,
        label: random.uniform() < probabilities[row]! ? 'yes' : 'no',
      }));
      const started = performance.now();
      monitor.record(table, probabilities, ids, at);
      monitor.labels(labels, at[BATCH - 1]!);
      seconds += (performance.now() - started) / 1000;
    }
    gc?.();
    const heap = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    const json = JSON.stringify(monitor.state()).length;
    console.log(
      [
        monitor.rowCount,
        Math.round((batches * BATCH) / seconds),
        megabytes(heap),
        megabytes(json),
      ].join('\t'),
    );
  }
  const started = performance.now();
  monitor.drift();
  const first = performance.now() - started;
  monitor.drift();
  console.log(
    `drift(): ${first.toFixed(0)} ms the first time, ${(performance.now() - started - first).toFixed(1)} ms after that`,
  );
}

/** One monitor, and eight whose states are added up: are they the same bytes? */
export function merging(): void {
  const reference = drawReference(10_000);
  const random = createRandom(2);
  const rowCount = 40_000;
  const { table, probabilities } = drawSample(random, rowCount);
  const one = createMonitor({ reference });
  const eight = Array.from({ length: 8 }, () => createMonitor({ reference }));
  const ids = Array.from({ length: rowCount }, (_, row) => `id ${row}`);
  const times = Float64Array.from({ length: rowCount }, () => random.uniform() * 40 * 86_400_000);
  one.record(table, probabilities, ids, times);
  const owners = Uint8Array.from({ length: rowCount }, () => random.integer(8));
  eight.forEach((monitor, worker) => {
    const rows = Uint32Array.from(ids.keys()).filter((row) => owners[row] === worker);
    random.shuffle(rows);
    monitor.record(
      selectRows(table, rows),
      Float32Array.from(rows, (row) => probabilities[row]!),
      Array.from(rows, (row) => ids[row]!),
      Float64Array.from(rows, (row) => times[row]!),
    );
  });
  for (const [row, id] of ids.entries()) {
    const label = { prediction_id: id, label: row % 3 === 0 ? 'yes' : 'no' };
    const at = times[row]! + random.uniform() * 86_400_000;
    one.labels([label], at);
    // to whichever worker takes the request, which need not be the one that made the prediction
    eight[random.integer(8)]!.labels([label], at);
  }
  random.shuffle(eight);
  const halves = [eight.slice(0, 3), eight.slice(3)].map((part) =>
    createMonitor({ reference, states: part.map((monitor) => monitor.state()) }),
  );
  const merged = createMonitor({
    reference,
    states: halves.map((half) => JSON.parse(JSON.stringify(half.state()))),
  });
  console.log(`${rowCount} rows and labels over 40 days, of which 14 are kept`);
  console.log(`state of 1:          ${digest(one.state())}, drift ${digest(one.drift())}`);
  console.log(`states of 8, merged: ${digest(merged.state())}, drift ${digest(merged.drift())}`);
  const same = digest(one.state()) === digest(merged.state());
  console.log(same ? 'the same bytes' : 'NOT THE SAME');
  if (!same) process.exitCode = 1;
}

function digest(value: ReturnType<Monitor['state']> | object): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
