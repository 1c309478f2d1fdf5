/**
 * The engines on the built-in data, in one interleaved run: WASM int8, ONNX fp32 and quantised ONNX in onnxruntime-web.
 * usage: npm run bench [-- --rounds 200] [--json]
 */
import { arch, cpus, platform } from 'node:os';
import { parseArgs } from 'node:util';
import { withoutColumns } from '../src/core/table.js';
import {
  encodeTarget,
  generateStudentPurchases,
  STUDENT_PURCHASE_DEFAULTS,
} from '../src/data/index.js';
import { defaultConfig, makeForms, measureEngines, sampleTable } from '../src/lifecycle/index.js';
import { trainTable } from '../src/lifecycle/trainTable.js';
import { formatEngineComparison } from '../src/optimize/index.js';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '100' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError(`--rounds expected an integer, got ${values.rounds}`);

const environment = {
  onProgress: (stage: string, message: string) => process.stderr.write(`${stage}: ${message}\n`),
  now: () => performance.now(),
};
const { config } = defaultConfig();
config.benchmark.rounds = rounds;

// trained on one draw, timed and scored on another
const train = asTarget(generateStudentPurchases({ rowCount: 13_000, seed: STUDENT_PURCHASE_DEFAULTS.seed }));
const fresh = asTarget(generateStudentPurchases({ rowCount: 4096, seed: 99 }));
const { model } = trainTable(train, { target: 'purchased', positive: '1' });
const trainSample = sampleTable(model, train);
const forms = makeForms(model, trainSample, config, environment);
const comparison = await measureEngines(model, forms, sampleTable(model, fresh), config, environment);

if (values.json) console.log(JSON.stringify(comparison, null, 2));
else {
  const [cpu] = cpus();
  console.log(`${cpu?.model.trim()} × ${cpus().length}, ${platform()} ${arch()}, Node ${process.version}`);
  console.log(formatEngineComparison(comparison));
}

/** The generator gives the target as a number column; learners want classes. */
function asTarget(table: ReturnType<typeof generateStudentPurchases>): typeof table {
  const column = table.columns.find(({ name }) => name === 'purchased')!;
  if (column.kind === 'category') return table;
  const codes = Int32Array.from(column.values);
  const target = { kind: 'category' as const, name: 'purchased', codes, levels: ['0', '1'] };
  encodeTarget(target, { name: 'purchased', negative: '0', positive: '1' });
  const inputs = withoutColumns(table, ['purchased']);
  return { ...inputs, columns: [...inputs.columns, target] };
}
