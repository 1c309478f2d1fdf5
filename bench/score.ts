/**
 * Scoring on one thread, in one interleaved run: the engines of coppice against onnxruntime-web, leaf-wise and symmetric trees,
 * with parity beside speed; then bytes on the wire, time to the first score and memory in fresh processes.
 * The native peers are in scorePeers.ts.
 * usage: npm run bench:score -- [--models medium] [--batches 1,4096] [--rounds 15] [--quick] [--json out.json]
 */
import { writeFileSync } from 'node:fs';
import { createRandom } from '../src/core/random.js';
import { chooseSome, readCommandLine, readCount } from './commandLine.js';
import { makeCase, SIZES, type Size } from './scoring/benchModels.js';
import { CLOCK_OPTION, CLOCKS, type Clock } from './scoring/clock.js';
import { coppiceEngines } from './scoring/coppiceEngines.js';
import { measureFreshStarts } from './scoring/firstScore.js';
import { onnxEngines } from './scoring/onnxEngines.js';
import { compareProbabilities } from './scoring/parity.js';
import {
  formatLoading,
  formatSize,
  type LoadingResult,
  type SizeResult,
} from './scoring/scoreTables.js';
import type { ScoringEngine } from './scoring/scoringEngine.js';
import { timedBatch } from './scoring/timedBatches.js';
import { coppiceRuntime, onnxRuntime, sizesOf } from './scoring/wireBytes.js';
import { describeEnvironment } from './training/environment.js';

const FULL = {
  models: Object.keys(SIZES).join(','),
  batches: '1,16,256,4096,100000',
  rounds: '15',
};
const QUICK = { models: 'medium', batches: '1,256,4096', rounds: '3' };
const FRESH_STARTS = 5;
const MOST_ROWS = 1_000_000;

const chosen = readCommandLine(
  'npm run bench:score -- [options]',
  {
    models: { value: 'a,b', text: `of ${FULL.models}; all without it` },
    batches: { value: 'a,b', text: `rows of a call; ${FULL.batches} without it` },
    rounds: {
      value: 'n',
      text: `interleaved rounds, at least 2, a third of it for batches from 50,000 rows; ${FULL.rounds} without it`,
    },
    quick: {
      text: `under a minute: models ${QUICK.models}, batches ${QUICK.batches}, ${QUICK.rounds} rounds`,
    },
    clock: CLOCK_OPTION,
    json: { value: 'file', text: 'every figure' },
  },
  (typed) => {
    const preset = typed.quick ? QUICK : FULL;
    const batches = String(typed.batches ?? preset.batches).split(',');
    return {
      sizes: chooseSome('models', typed.models ?? preset.models, Object.keys(SIZES) as Size[]),
      batches: batches
        .map((batch) => readCount('batches', batch, 1, MOST_ROWS))
        .sort((a, b) => a - b),
      rounds: readCount('rounds', typed.rounds ?? preset.rounds, 2, 10_000),
      clock: chooseSome('clock', typed.clock, Object.keys(CLOCKS) as Clock[])[0]!,
      freshStarts: typed.quick ? 2 : FRESH_STARTS,
      json: typed.json as string | undefined,
    };
  },
);

const environment = describeEnvironment();
const runtimes = { coppice: coppiceRuntime(), onnx: onnxRuntime() };
const results: SizeResult[] = [];
console.log(environment);
console.log(
  `one thread, ${chosen.rounds} interleaved rounds in drawn order, ${chosen.clock} clock, float32 rows in, probabilities out\n`,
);
for (const size of chosen.sizes) {
  const result = await measureSize(size);
  console.log(`${formatSize(result)}\n\n${formatLoading(result)}\n`);
  results.push(result);
}
if (chosen.json)
  writeFileSync(chosen.json, `${JSON.stringify({ environment, results }, null, 2)}\n`);

async function measureSize(size: Size): Promise<SizeResult> {
  const random = createRandom(1).fork(size);
  progress(`${size}: making models`);
  const benchCase = makeCase(size, true);
  const { models, rows } = benchCase;
  const ours: NamedEngine[] = [];
  const theirs: NamedEngine[] = [];
  // a ratio is of an engine and one after it: symmetric before leaf-wise, coppice before its peer
  for (const { growth } of [...models].reverse()) {
    const named = (engine: ScoringEngine) => ({ growth, name: `${growth} ${engine.name}`, engine });
    ours.push(...(await coppiceEngines(benchCase, growth)).map(named));
    theirs.push(...(await onnxEngines(benchCase, growth)).map(named));
  }
  const engines = [...ours, ...theirs];
  try {
    const parities = new Map<string, ReturnType<typeof compareProbabilities>>();
    for (const { name, growth, engine } of engines) {
      const { exact } = models.find((model) => model.growth === growth)!;
      parities.set(name, compareProbabilities(exact, await engine.predict(rows)));
    }
    const batches = [];
    for (const batch of chosen.batches) {
      progress(`${size}: ${engines.length} engines, batches of ${batch}`);
      batches.push(await timedBatch(engines, rows, batch, chosen.rounds, chosen.clock, random));
    }
    const leafwise = engines.filter(({ growth, engine }) => growth === 'leafwise' && engine.fresh);
    progress(`${size}: fresh processes`);
    return {
      size,
      models: models.map(({ growth, title }) => ({ growth, title })),
      engines: models
        .flatMap(({ growth }) => engines.filter((named) => named.growth === growth))
        .map(({ name, growth, engine }) => ({
          name,
          growth,
          engine: engine.name,
          fileBytes: engine.file.length,
          ...parities.get(name)!,
        })),
      batches,
      loading: await measureLoading(
        leafwise.map(({ engine }) => engine),
        rows,
        random,
      ),
    };
  } finally {
    for (const { engine } of engines) await engine.release();
  }
}

async function measureLoading(
  engines: ScoringEngine[],
  rows: Float32Array,
  random: ReturnType<typeof createRandom>,
): Promise<LoadingResult[]> {
  const starts = await measureFreshStarts(engines, rows, chosen.freshStarts, chosen.clock, random);
  return engines.map(({ name, file, fresh }, i) => ({
    engine: name,
    runtime: fresh === 'onnx' ? runtimes.onnx : runtimes.coppice,
    model: sizesOf([file]),
    starts: starts[i]!,
  }));
}

interface NamedEngine {
  growth: SizeResult['engines'][number]['growth'];
  name: string;
  engine: ScoringEngine;
}

function progress(message: string): void {
  process.stderr.write(`${message}\n`);
}
