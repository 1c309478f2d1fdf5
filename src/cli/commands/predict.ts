import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.js';
import { shortest32 } from '../../core/float.js';
import { type Config, FILES } from '../../lifecycle/index.js';
import { readRunFile, readRunLineage, scoreFile, writeCsv } from '../../node/index.js';
import { loadScorer, type Scorer } from '../../score/index.js';
import { createCommand } from '../options.js';
import { type CommonOptions, grouped, printResult } from '../output.js';

/** `coppice predict DIR --data F --out P.csv`: the input's rows in order, with the predictions as columns more. */
export function predictCommand(): Command {
  return createCommand(
    'predict',
    'Score a CSV file: its rows in order, with columns added: probability and label of two classes; label and probability_<class> ' +
      'for each of several; prediction of a number.',
    'coppice predict model --data new.csv --out scored.csv',
  )
    .argument('<dir>', 'folder of a run')
    .requiredOption('--data <file>', 'CSV with the fields of the model, plain or gzipped')
    .requiredOption('--out <file>', 'CSV to write')
    .action(async (directory: string, options: CommonOptions & { data: string; out: string }) => {
      if (resolve(options.out) === resolve(options.data)) {
        throw new ConfigError(
          `--out expected another file than --data, got ${options.out} for both`,
        );
      }
      const scorer = await loadScorer(await readRunFile(directory, FILES.blob));
      const { core } = await readRunLineage(directory);
      const { missing_tokens: missingTokens } = (core.config as Config).data;
      const rowCount = await scoreInto(options.out, options.data, scorer, missingTokens);
      printResult(
        options,
        { rows: rowCount, out: options.out },
        `${options.out}: ${grouped(rowCount)} rows scored`,
      );
    });
}

async function scoreInto(
  out: string,
  data: string,
  scorer: Scorer,
  missingTokens: readonly string[],
): Promise<number> {
  const columns = addedColumns(scorer);
  let rowCount = 0;
  await writeCsv(out, async (writer) => {
    let headerWritten = false;
    rowCount = await scoreFile(
      data,
      scorer,
      missingTokens,
      async ({ header, rows, predictions }) => {
        if (!headerWritten) {
          const taken = columns.find((name) => header.includes(name));
          if (taken) throw new ConfigError(`${data} has a column "${taken}" already`);
          await writer.write([[...header, ...columns]]);
          headerWritten = true;
        }
        await writer.write(
          rows.map((cells, row) => [...cells, ...addedCells(scorer, predictions, row)]),
        );
      },
    );
  });
  return rowCount;
}

function addedColumns({ task, schema }: Scorer): string[] {
  switch (task) {
    case 'binary':
      return ['probability', 'label'];
    case 'multiclass':
      return ['label', ...schema.target.classes.map((name) => `probability_${name}`)];
    case 'regression':
      return ['prediction'];
  }
}

function addedCells(scorer: Scorer, predictions: Float32Array, row: number): string[] {
  const { task, outputCount } = scorer;
  const own = predictions.subarray(row * outputCount, (row + 1) * outputCount);
  const cells = Array.from(own, (value) => String(shortest32(value)));
  if (task === 'regression') return cells;
  if (task === 'binary') return [...cells, scorer.label(own[0]!)];
  return [scorer.label(own), ...cells];
}
