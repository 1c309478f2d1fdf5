// Reads every real dataset there is and compares with its manifest. The directory is COPPICE_DATA or ../shared/data.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { columnNamed } from '../../src/core/table.js';
import { chooseTarget, encodeTarget } from '../../src/data/target.js';
import { readTable } from '../../src/node/readTable.js';

interface Manifest {
  datasets: {
    name: string;
    file: string;
    rows: number;
    columns: number;
    target: string;
    task: string;
    positive_class?: string;
    target_distribution?: Record<string, number>;
    numeric_columns: string[];
    categorical_columns: string[];
    categorical_cardinality: Record<string, number>;
    missing_by_column: Record<string, number>;
    sha256: string;
    bytes: number;
  }[];
}

const directory = process.env.COPPICE_DATA ?? join('..', 'shared', 'data');
const manifestPath = join(directory, 'manifest.json');

if (existsSync(manifestPath)) {
  const { datasets } = JSON.parse(readFileSync(manifestPath, 'utf8')) as Manifest;
  for (const dataset of datasets) {
    test(dataset.name, async () => {
      const { rows, columns, task, target } = dataset;
      const classes = task === 'binary' || task === 'multiclass';
      const path = join(directory, dataset.file);
      const read = await readTable(path, { target: classes ? target : '' });
      assert.is(read.table.rowCount, rows);
      assert.is(read.table.columns.length, columns);
      assert.is(read.sha256, dataset.sha256);
      assert.is(read.byteCount, dataset.bytes);
      for (const { name, type, missingCount, levelCount } of read.inference) {
        assert.is(missingCount, dataset.missing_by_column[name] ?? 0, name);
        // a category whose names are numbers must be declared
        if (dataset.numeric_columns.includes(name)) assert.is(type, 'number', name);
        if (type === 'category' && dataset.categorical_columns.includes(name)) {
          assert.is(levelCount, dataset.categorical_cardinality[name], name);
        }
      }
      if (task !== 'binary') return;
      const column = columnNamed(read.table, target);
      const { target: chosen } = chooseTarget(column);
      assert.is(chosen.classes[1], dataset.positive_class);
      const positives = encodeTarget(column, chosen).reduce((sum, label) => sum + label, 0);
      assert.is(positives, dataset.target_distribution?.[chosen.classes[1]!]);
    });
  }
} else {
  console.log(`skipped: no ${directory}`);
  test.skip('the real datasets', () => undefined);
}

test.run();
