/**
 * What integer leaves do to the probabilities of rows that neither training nor the rounding has seen: for every binary set, its
 * test rows scored by the blob and by the float64 reference. Needs the sets (`COPPICE_DATA`, or `../shared/data`), no Python.
 * usage: npm run bench:quantization -- [--sets adult,telco_churn] [--group-size 16] [--json out.json]
 */
import { writeFileSync } from 'node:fs';
import { trainGbdt } from '../src/train/index.js';
import { chooseSome, OptionError, readCommandLine, readCount } from './commandLine.js';
import { measureQuantization, type QuantizationRow } from './scoring/quantizationRow.js';
import { describeEnvironment } from './training/environment.js';
import { dataDirectory, readManifest, readRealData } from './training/realData.js';

/** What is asked of each number of bits: of a probability, and of the bytes of the ONNX file. */
const BARS = { 8: { max: 0.01, mean: 0.001 }, 16: { max: 1e-4, mean: 1e-4 } } as const;
const BLOB_SHARE = 8;

const sets = readManifest().filter(({ task }) => task === 'binary');
const { chosen, groupSize, json } = readCommandLine(
  'npm run bench:quantization -- [options]',
  {
    sets: { value: 'a,b', text: 'binary sets of the manifest; all without it' },
    'group-size': { value: 'n', text: 'trees to a scale, on average', default: '16' },
    json: { value: 'file', text: 'every figure' },
  },
  (typed) => {
    if (sets.length === 0) {
      throw new OptionError(
        `there are no sets in ${dataDirectory()}; name their folder in COPPICE_DATA`,
      );
    }
    return {
      chosen: chooseSome(
        'sets',
        typed.sets,
        sets.map(({ name }) => name),
      ),
      groupSize: readCount('group-size', typed['group-size'], 1, 128),
      json: typed.json as string | undefined,
    };
  },
);

const rows: (QuantizationRow & { set: string; within: boolean })[] = [];
console.log(describeEnvironment());
console.log(
  `trainGbdt and encodeBlob with their defaults, ${groupSize} trees to a scale, 4,096 calibration rows of the training part\n`,
);
console.log(
  '| set (test rows) | leaves | max Δp | mean Δp | flips | max Δmargin | proved bound | blob bytes | ONNX / blob | by brotli | within Δp |\n|---|---|---|---|---|---|---|---|---|---|---|',
);
for (const dataset of sets.filter(({ name }) => chosen.includes(name))) {
  const data = await readRealData(dataset);
  const { train, featureCount, categorical } = data;
  const model = trainGbdt({ ...train, featureCount, categorical });
  for (const leafBits of [8, 16] as const) {
    const row = await measureQuantization(model, data, { leafBits, groupSize });
    const { max, mean } = BARS[leafBits];
    const within = row.maxDelta <= max && row.meanDelta <= mean;
    rows.push({ set: data.name, ...row, within });
    console.log(formatRow(data.name, data.test.rowCount, row, within));
  }
}
summarize();
if (json)
  writeFileSync(json, `${JSON.stringify({ environment: describeEnvironment(), rows }, null, 2)}\n`);

function formatRow(set: string, testRows: number, row: QuantizationRow, within: boolean): string {
  const cells = [
    row.leafBits === 8 ? `${set} (${testRows.toLocaleString('en-US')})` : '',
    `int${row.leafBits}`,
    row.maxDelta.toPrecision(2),
    row.meanDelta.toPrecision(2),
    row.flips,
    row.maxMarginDelta.toPrecision(2),
    row.marginBound.toPrecision(2),
    row.blobBytes.toLocaleString('en-US'),
    (row.onnxBytes / row.blobBytes).toFixed(1),
    (row.onnxBrotliBytes / row.blobBrotliBytes).toFixed(1),
    within ? 'yes' : 'no',
  ];
  return `| ${cells.join(' | ')} |`;
}

function summarize(): void {
  const bars = ([8, 16] as const).map(
    (bits) => `int${bits} max ${BARS[bits].max}${bits === 8 ? `, mean ${BARS[bits].mean}` : ''}`,
  );
  console.log(`\nBars: ${bars.join('; ')}; a blob at most 1/${BLOB_SHARE} of the ONNX file.`);
  for (const bits of [8, 16] as const) {
    const own = rows.filter(({ leafBits }) => leafBits === bits);
    const small = own.filter(({ onnxBytes, blobBytes }) => blobBytes * BLOB_SHARE <= onnxBytes);
    console.log(
      `int${bits}: ${own.filter(({ within }) => within).length} of ${own.length} sets within Δp, greatest ${Math.max(...own.map(({ maxDelta }) => maxDelta)).toPrecision(2)}; ${small.length} of ${own.length} blobs at most 1/${BLOB_SHARE} of the ONNX file that exportOnnx writes`,
    );
  }
  const broken = rows.filter(({ maxMarginDelta, marginBound }) => maxMarginDelta > marginBound);
  console.log(`proved bounds exceeded: ${broken.length}`);
  if (broken.length > 0) process.exitCode = 1;
}
