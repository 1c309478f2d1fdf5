// Runs every test file in a process of its own, two at a time, and ends with `N passed, N failed, N skipped`.
// usage: tsx scripts/test.ts [part of a file name ...]
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const FILE_TIMEOUT_MS = 600_000;
const filters = process.argv.slice(2);
const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => filters.length === 0 || filters.some((part) => file.includes(part)))
  .map((file) => join('test', file))
  .sort();

interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
}

function countOf(output: string, label: string): number {
  const found = output.match(new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'm'));
  return found ? Number(found[1]) : 0;
}

function runFile(file: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--import', './test/propertySeed.ts', file],
      {
        env: { ...process.env, FORCE_COLOR: '0' },
        timeout: FILE_TIMEOUT_MS,
        killSignal: 'SIGKILL',
      },
    );
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code, signal) => {
      const total = countOf(output, 'Total');
      const passed = countOf(output, 'Passed');
      const skipped = countOf(output, 'Skipped');
      // a file that dies, hangs or forgets `test.run()` counts as one failure
      const failed = Math.max(total - passed, code !== 0 || total + skipped === 0 ? 1 : 0);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const verdict = failed > 0 ? 'FAIL' : 'ok  ';
      console.log(`${verdict} ${file}  ${passed} passed, ${skipped} skipped  (${seconds} s)`);
      for (const line of output.split('\n'))
        if (/^skipped: /.test(line)) console.log(`     ${line}`);
      if (failed > 0) console.log(signal ? `${output}\nended by ${signal}` : output);
      resolve({ passed, failed, skipped });
    });
  });
}

const outcome: Outcome = { passed: 0, failed: 0, skipped: 0 };
const queue = [...files];
async function work(): Promise<void> {
  for (let file = queue.shift(); file; file = queue.shift()) {
    const result = await runFile(file);
    outcome.passed += result.passed;
    outcome.failed += result.failed;
    outcome.skipped += result.skipped;
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
if (files.length === 0) outcome.failed = 1;
console.log(`${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`);
process.exit(outcome.failed > 0 ? 1 : 0);
