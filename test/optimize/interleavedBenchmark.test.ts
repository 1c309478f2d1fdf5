import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import {
  type BenchmarkOptions,
  interleavedBenchmark,
} from '../../src/optimize/interleavedBenchmark.js';

/** A clock in milliseconds that only subjects move, and that shows steps of `step`. */
function fakeClock(step: number): { now: () => number; advance: (milliseconds: number) => void } {
  let time = 0;
  return {
    now: () => Math.floor((time += step / 4) / step) * step,
    advance: (milliseconds) => {
      time += milliseconds;
    },
  };
}

function optionsOf(clock: ReturnType<typeof fakeClock>, log: string[] = []): BenchmarkOptions {
  const subject = (name: string, milliseconds: number) => ({
    name,
    rowsPerCall: 10,
    run: () => {
      log.push(name);
      clock.advance(milliseconds);
    },
  });
  return {
    subjects: [subject('fast', 0.01), subject('slow', 0.5), subject('slower', 2)],
    warmupCalls: 3,
    rounds: 8,
    callsPerRound: 5,
    now: clock.now,
    random: createRandom(1),
  };
}

test('times each subject, and each against those after it', async () => {
  const { subjects, ratios } = await interleavedBenchmark(optionsOf(fakeClock(1e-6)));
  assert.equal(
    subjects.map(({ name }) => name),
    ['fast', 'slow', 'slower'],
  );
  [10, 500, 2000].forEach((microseconds, i) => {
    const { p50, p99, rowsPerSecond, rowsPerCall, sampleCount } = subjects[i]!;
    assert.ok(Math.abs(p50.value / microseconds - 1) < 0.01);
    assert.ok(Math.abs(p99.value / microseconds - 1) < 0.01);
    assert.ok(Math.abs((rowsPerSecond.value * microseconds) / 1e7 - 1) < 0.01);
    assert.is(rowsPerCall, 10);
    assert.is(sampleCount, 40);
  });
  assert.equal(
    ratios.map(({ subject, peer }) => `${subject} ${peer}`),
    ['fast slow', 'fast slower', 'slow slower'],
  );
  [50, 200, 4].forEach((ratio, i) => {
    assert.ok(Math.abs(ratios[i]!.ratio.value / ratio - 1) < 0.01);
  });
});

test('calls too short for the clock are timed in samples that last 100 of its steps', async () => {
  const { subjects } = await interleavedBenchmark(optionsOf(fakeClock(0.1)));
  const [fast, slow, slower] = subjects.map(({ callsPerSample }) => callsPerSample);
  assert.is(fast, 1024);
  assert.is(slow, 32);
  assert.is(slower, 8);
  assert.ok(Math.abs(subjects[0]!.p50.value / 10 - 1) < 0.02);
});

test('subjects take turns: every round has each of them once, in changing order', async () => {
  const log: string[] = [];
  const options = optionsOf(fakeClock(1e-9), log);
  await interleavedBenchmark({ ...options, callsPerRound: 1 });
  const rounds = log.slice(-3 * 8);
  const orders = new Set<string>();
  for (let round = 0; round < 8; round++) {
    const order = rounds.slice(3 * round, 3 * round + 3);
    orders.add(order.join());
    assert.equal([...order].sort(), ['fast', 'slow', 'slower']);
  }
  assert.ok(orders.size > 1);
});

test('promises are awaited, and failures passed on', async () => {
  const clock = fakeClock(1e-6);
  const options = optionsOf(clock);
  let done = 0;
  const run = async (): Promise<void> => {
    await Promise.resolve();
    clock.advance(1);
    done++;
  };
  const subject = { name: 'later', rowsPerCall: 1, run };
  const { subjects } = await interleavedBenchmark({ ...options, subjects: [subject] });
  assert.ok(done >= 3 + 8 * 5);
  assert.ok(Math.abs(subjects[0]!.p50.value / 1000 - 1) < 0.01);

  const broken = { ...subject, run: () => Promise.reject(new Error('no engine')) };
  try {
    await interleavedBenchmark({ ...options, subjects: [broken] });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, 'no engine');
  }
});

test('options out of range are named', async () => {
  const options = optionsOf(fakeClock(1));
  for (const wrong of [
    { rounds: 1 },
    { callsPerRound: 0 },
    { warmupCalls: -1 },
    { subjects: [] },
  ]) {
    try {
      await interleavedBenchmark({ ...options, ...wrong });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, ConfigError);
      assert.match((error as Error).message, `"${Object.keys(wrong)[0]}"`);
    }
  }
});

test.run();
