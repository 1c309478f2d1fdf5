/**
 * Scoring on one thread beside native libraries and generated JavaScript: coppice in turn with each peer that is installed (see
 * bench/peers), each in a process of its own, on the same rows and, where the peer can load it, the same model.
 * usage: npm run bench:score:peers -- [--models medium] [--peers lightgbm,lleaves] [--rounds 9] [--quick] [--json out.json]
 */
import { writeFileSync } from 'node:fs';
import { createRandom } from '../src/core/random.js';
import { median } from '../src/optimize/percentile.js';
import { chooseSome, OptionError, readCommandLine, readCount } from './commandLine.js';
import { ContestantError } from './contestantProcess.js';
import { SIZES, type Size } from './scoring/benchModels.js';
import { CLOCK_OPTION, CLOCKS, type Clock } from './scoring/clock.js';
import { writeModelFiles } from './scoring/modelFiles.js';
import { SCORE_PEERS, startScoreCoppice, startScorePeer } from './scoring/scoreContestant.js';
import { type PeerResult, parityOf, scoreRounds } from './scoring/scoreRounds.js';
import { digits, interval, table } from './scoring/scoreTables.js';
import { describeEnvironment } from './training/environment.js';

const FULL = { models: 'medium,large', batches: '1,4096,100000', rounds: '9' };
const QUICK = { models: 'medium', batches: '1,4096', rounds: '3' };
const MOST_ROWS = 1_000_000;

const chosen = readCommandLine(
  'npm run bench:score:peers -- [options]',
  {
    models: {
      value: 'a,b',
      text: `of ${Object.keys(SIZES).join(', ')}; ${FULL.models} without it`,
    },
    batches: { value: 'a,b', text: `rows of a call; ${FULL.batches} without it` },
    peers: { value: 'a,b', text: `of ${SCORE_PEERS.join(', ')}; all without it` },
    'leaf-bits': { value: '8|16', text: 'of the leaves of coppice', default: '8' },
    rounds: { value: 'n', text: `pairs of turns a peer, at least 2; ${FULL.rounds} without it` },
    quick: { text: `models ${QUICK.models}, batches ${QUICK.batches}, ${QUICK.rounds} rounds` },
    clock: CLOCK_OPTION,
    json: { value: 'file', text: 'every figure' },
  },
  (typed) => {
    const preset = typed.quick ? QUICK : FULL;
    const leafBits = readCount('leaf-bits', typed['leaf-bits'], 8, 16);
    if (leafBits !== 8 && leafBits !== 16) {
      throw new OptionError(`--leaf-bits expected 8 or 16, got "${leafBits}"`);
    }
    const batches = String(typed.batches ?? preset.batches).split(',');
    return {
      sizes: chooseSome('models', typed.models ?? preset.models, Object.keys(SIZES) as Size[]),
      batches: batches.map((batch) => readCount('batches', batch, 1, MOST_ROWS)),
      peers: chooseSome('peers', typed.peers, SCORE_PEERS),
      leafBits: leafBits as 8 | 16,
      rounds: readCount('rounds', typed.rounds ?? preset.rounds, 2, 10_000),
      clock: chooseSome('clock', typed.clock, Object.keys(CLOCKS) as Clock[])[0]!,
      json: typed.json as string | undefined,
    };
  },
);

const environment = describeEnvironment();
const reports: { size: Size; title: string; results: PeerResult[] }[] = [];
console.log(environment);
console.log(
  `one thread, ${chosen.rounds} pairs of neighbouring turns, coppice int${chosen.leafBits}, ${chosen.clock} clock\n`,
);
try {
  for (const size of chosen.sizes) await measure(size);
} catch (error) {
  if (!(error instanceof ContestantError)) throw error;
  console.error(`${error.message}\nsee bench/peers/README.md`);
  process.exit(1);
}
if (chosen.json)
  writeFileSync(chosen.json, `${JSON.stringify({ environment, reports }, null, 2)}\n`);

async function measure(size: Size): Promise<void> {
  const random = createRandom(1).fork(size);
  const files = await writeModelFiles(size, chosen.leafBits);
  const coppice = await startScoreCoppice();
  const results: PeerResult[] = [];
  try {
    const { seconds } = await coppice.load(files.request);
    const parity = await parityOf(coppice, files);
    for (const library of chosen.peers) {
      process.stderr.write(`${size}: ${library}\n`);
      const peer = await startScorePeer(library).catch(leaveOut);
      if (!peer) continue;
      results.push(await scoreRounds(coppice, peer, files, chosen, random));
      peer.stop();
    }
    if (results.length === 0) throw new ContestantError('none of the peers is there');
    const { name, version } = coppice;
    const times = chosen.batches.map((batch, i) => {
      const micros = median(results.flatMap((result) => result.times[i]?.coppiceMicros ?? []));
      return { batch, micros, coppiceMicros: micros, ratio: { value: 1, lower: 1, upper: 1 } };
    });
    results.unshift({ name, version, own: false, loadSeconds: seconds, parity, times });
    reports.push({ size, title: files.title, results });
    console.log(`## ${size}: ${files.title}\n\n${formatPeers(results)}\n`);
  } finally {
    coppice.stop();
    files.remove();
  }
}

/** A peer that is not installed is left out, and said to be. */
function leaveOut(error: unknown): undefined {
  if (!(error instanceof ContestantError)) throw error;
  console.error(`left out: ${error.message}`);
}

function formatPeers(results: readonly PeerResult[]): string {
  const head = ['library', 'model', 'ready after, s', 'max Δp'];
  const columns = chosen.batches.flatMap((batch) => [
    batch === 1 ? 'one row, µs p50' : `${batch.toLocaleString('en-US')} rows, ns a row`,
    'coppice is faster by',
  ]);
  const lines = results.map(({ name, version, own, loadSeconds, parity, times, failure }) => {
    if (failure !== undefined) return [`${name} ${version}`, failure.split('\n')[0]!.slice(0, 120)];
    return [
      `${name} ${version}`,
      own ? 'its own' : 'the same',
      digits(loadSeconds),
      parity ? parity.maxDelta.toPrecision(2) : '',
      ...times.flatMap(({ batch, micros, ratio }) => [
        digits(batch === 1 ? micros : (1000 * micros) / batch),
        name === 'coppice' ? '' : interval(ratio),
      ]),
    ];
  });
  return table([[...head, ...columns], ...lines]);
}
