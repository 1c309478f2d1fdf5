// Hostile blobs in great number: `npm run fuzz -- [--count 1000000] [--first 0]`. Ends with exit code 1 when a blob is refused with
// anything but a FormatError, hangs, exhausts the memory, makes the kernel write where it must not, or engines disagree about it.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import type { FuzzJob, FuzzNote } from './fuzzWorker.js';

/** a blob that takes longer is called a hang */
const HANG_MILLISECONDS = 30_000;
/** what a thread that loads blobs of a few kilobytes may hold */
const HEAP_MEGABYTES = 512;
const SHOWN_FAILURES = 10;
/** blobs after which it says how far it is */
const TOLD = 50_000;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    first: { type: 'string', default: '0' },
  },
});
const first = Number(values.first);
const end = first + Number(values.count);

const strategies = new Map<string, { blobs: number; accepted: number }>();
const failures: FuzzNote[] = [];
let slowest: FuzzNote | undefined;
let widest: FuzzNote | undefined;
let done = 0;

function take(note: FuzzNote): void {
  done++;
  if (done % TOLD === 0) console.log(`${done} blobs, ${failures.length} failures`);
  const counts = strategies.get(note.strategy) ?? { blobs: 0, accepted: 0 };
  counts.blobs++;
  if (note.accepted) counts.accepted++;
  strategies.set(note.strategy, counts);
  if (note.failure) failures.push(note);
  if (!slowest || note.milliseconds > slowest.milliseconds) slowest = note;
  if (!widest || note.kernelBytes > widest.kernelBytes) widest = note;
  if (note.failure && failures.length <= SHOWN_FAILURES) {
    console.log(`blob ${note.index} (${note.strategy} of ${note.seed}): ${note.failure}`);
  }
}

/** @returns why the thread ended, when it was not done. */
function run(): Promise<string | undefined> {
  const at = new SharedArrayBuffer(4);
  const place = new Int32Array(at);
  // a thread of its own does not read TypeScript
  const folder = mkdtempSync(join(tmpdir(), 'coppice-fuzz-'));
  const outfile = join(folder, 'fuzzWorker.mjs');
  buildSync({
    entryPoints: ['test/quantize/fuzz/fuzzWorker.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    sourcemap: 'inline',
  });
  const worker = new Worker(outfile, {
    execArgv: ['--enable-source-maps'],
    workerData: { first, end, at } satisfies FuzzJob,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
  });
  return new Promise((resolve) => {
    let seen = -1;
    const watch = setInterval(() => {
      if (place[0] === seen && done > 0) finish(`blob ${seen} hangs`);
      seen = place[0]!;
    }, HANG_MILLISECONDS);
    function finish(reason?: string): void {
      clearInterval(watch);
      rmSync(folder, { recursive: true, force: true });
      void worker.terminate();
      resolve(reason);
    }
    worker.on('message', (notes: FuzzNote[]) => notes.forEach(take));
    worker.on('error', (error) => finish(`at blob ${place[0]}: ${error.message}`));
    worker.on('exit', () => finish(done < end - first ? `ended at blob ${place[0]}` : undefined));
  });
}

const start = performance.now();
const reason = await run();
const seconds = (performance.now() - start) / 1000;

console.log(
  `${cpus()[0]?.model}, ${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`,
);
for (const [name, { blobs, accepted }] of [...strategies].sort()) {
  console.log(`${name.padEnd(10)} ${blobs} blobs, ${accepted} accepted`);
}
const accepted = [...strategies.values()].reduce((sum, counts) => sum + counts.accepted, 0);
console.log(
  `${done} blobs in ${seconds.toFixed(0)} s (${(done / seconds).toFixed(0)} a second), ${accepted} accepted and scored, ${failures.length} failures`,
);
if (slowest) console.log(`slowest: ${describe(slowest)}, ${slowest.milliseconds.toFixed(1)} ms`);
if (widest)
  console.log(`widest: ${describe(widest)}, ${widest.kernelBytes} bytes of kernel memory`);
console.log(`resident: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB at most`);
if (reason) console.log(reason);
process.exitCode = reason || failures.length > 0 ? 1 : 0;

function describe({ index, strategy, seed, byteLength }: FuzzNote): string {
  return `blob ${index} (${strategy} of ${seed}, ${byteLength} bytes)`;
}
