/**
 * The engines on the built-in data, in one interleaved run: WASM int8, ONNX fp32 and quantised ONNX in onnxruntime-web.
 * usage: npm run bench [-- --rounds 200] [--json]
 */
import { arch, cpus, platform } from 'node:os';
import { parseArgs } from 'node:util';
import { generateStudentPurchases, STUDENT_PURCHASE_DEFAULTS } from '../src/data/index.js';
import { defaultConfig, makeForms, measureEngines, sampleTable } from '../src/lifecycle/index.js';
import { trainTable } from '../src/lifecycle/trainTable.js';
import { formatEngineComparison } from '../src/optimize/index.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new RangeError(`--rounds expected an integer, got ${values.rounds}`);

const environment = {
  onProgress: (stage: string, message: string) => process.stderr.write(`${stage}: ${message}\n`),
  now: () => performance.now(),
};
const { config } = defaultConfig();
config.benchmark.rounds = rounds;

// trained on one draw, timed and scored on another
const train = generateStudentPurchases({ rowCount: 13_000, seed: STUDENT_PURCHASE_DEFAULTS.seed });
const fresh = generateStudentPurchases({ rowCount: 4096, seed: 99 });
const { model } = trainTable(train, { target: 'purchased', positive: '1' });
const trainSample = sampleTable(model, train);
const forms = makeForms(model, trainSample, config, environment);
const comparison = await measureEngines(
  model,
  forms,
  sampleTable(model, fresh),
  config,
  environment,
);

if (values.json) console.log(JSON.stringify(comparison, null, 2));
else {
  const [cpu] = cpus();
  console.log(
    `${cpu?.model.trim()} × ${cpus().length}, ${platform()} ${arch()}, Node ${process.version}`,
  );
  console.log(formatEngineComparison(comparison));
}
