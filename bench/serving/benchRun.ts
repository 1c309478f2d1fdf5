import { canonicalJson } from '../../src/core/json.js';
import { type Table, withoutColumns } from '../../src/core/table.js';
import { generateStudentPurchases, STUDENT_PURCHASE_DEFAULTS } from '../../src/data/index.js';
import { FILES, sampleTable, trainTable } from '../../src/lifecycle/index.js';
import { serializeModel } from '../../src/model/modelFile.js';
import { buildReference } from '../../src/monitor/index.js';
import { writeRunDirectory } from '../../src/node/index.js';
import { encodeBlob } from '../../src/quantize/index.js';
import { loadScorer, type RowRecord } from '../../src/score/index.js';

/** What is served, and rows that the model has not seen. */
export interface BenchRun {
  title: string;
  directory: string;
  records: RowRecord[];
}

/** Trains gradient boosting on the built-in data and writes what `coppice serve` reads of a run. */
export async function writeBenchRun(directory: string): Promise<BenchRun> {
  const { seed } = STUDENT_PURCHASE_DEFAULTS;
  const draw = (shift: number, rowCount: number): Table =>
    generateStudentPurchases({ rowCount, seed: seed + shift });
  const { model } = trainTable(draw(0, 13_000), { target: 'purchased', positive: '1' });
  const blob = encodeBlob(model);
  const scorer = await loadScorer(blob);
  const { table, target } = sampleTable(model, draw(1, 4096));
  const watched = withoutColumns(table, ['purchased']);
  const reference = buildReference({
    schema: model.schema,
    table: watched,
    task: model.task,
    target,
    predictions: scorer.predict(recordsOf(watched)),
    threshold: scorer.threshold?.value,
  });
  const text = new TextEncoder();
  await writeRunDirectory(
    directory,
    new Map([
      [FILES.blob, blob],
      [FILES.model, text.encode(serializeModel(model))],
      [FILES.driftBaseline, text.encode(canonicalJson(reference))],
    ]),
  );
  const fieldCount = model.schema.fields.length;
  return {
    title: `gradient boosting on the built-in data: ${fieldCount} fields, ${blob.length.toLocaleString('en-US')} bytes`,
    directory,
    records: recordsOf(withoutColumns(draw(2, 4096), ['purchased'])),
  };
}

function recordsOf({ rowCount, columns }: Table): RowRecord[] {
  return Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(
      columns.map((column) => {
        if (column.kind === 'category')
          return [column.name, column.levels[column.codes[row]!] ?? null];
        const value = column.values[row]!;
        return [column.name, Number.isNaN(value) ? null : value];
      }),
    ),
  );
}
