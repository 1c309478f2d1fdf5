import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.js';
import { formatCsvRow } from '../../data/index.js';
import { type Config, FILES } from '../../lifecycle/index.js';
import { createTextWriter, readRunFile, readRunLineage, scoreFile } from '../../node/index.js';
import { loadScorer } from '../../score/index.js';
import { createCommand } from '../options.js';
import { type CommonOptions, grouped, printResult } from '../output.js';

const ADDED_COLUMNS = ['probability', 'label'];

/** `coppice predict DIR --data F --out P.csv`: the input's rows in order, with two columns more. */
export function predictCommand(): Command {
  return createCommand(
    'predict',
    'Score a CSV file: its rows in order, with the columns probability and label added.',
    'coppice predict model --data new.csv --out scored.csv',
  )
    .argument('<dir>', 'folder of a run')
    .requiredOption('--data <file>', 'CSV with the fields of the model, plain or gzipped')
    .requiredOption('--out <file>', 'CSV to write')
    .action(async (directory: string, options: CommonOptions & { data: string; out: string }) => {
      if (resolve(options.out) === resolve(options.data)) {
        throw new ConfigError(`--out expected another file than --data, got ${options.out} for both`);
      }
      const scorer = await loadScorer(await readRunFile(directory, FILES.blob));
      const { core } = await readRunLineage(directory);
      const { missing_tokens: missingTokens } = (core.config as Config).data;
      const writer = await createTextWriter(options.out);
      let headerWritten = false;
      try {
        const rowCount = await scoreFile(options.data, scorer, missingTokens, async (batch) => {
          let text = '';
          if (!headerWritten) {
            const taken = ADDED_COLUMNS.find((name) => batch.header.includes(name));
            if (taken) throw new ConfigError(`${options.data} has a column "${taken}" already`);
            text = formatCsvRow([...batch.header, ...ADDED_COLUMNS]);
            headerWritten = true;
          }
          batch.rows.forEach((cells, row) => {
            const probability = batch.probabilities[row]!;
            text += formatCsvRow([...cells, formatProbability(probability), scorer.label(probability)]);
          });
          await writer.write(text);
        });
        await writer.finish();
        printResult(
          options,
          { rows: rowCount, out: options.out },
          `${options.out}: ${grouped(rowCount)} rows scored`,
        );
      } catch (error) {
        await writer.discard();
        throw error;
      }
    });
}

/** The shortest decimal that reads back as the same float32. */
function formatProbability(probability: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = probability.toPrecision(digits);
    if (Math.fround(Number(text)) === probability) return String(Number(text));
  }
  return String(Number(probability.toPrecision(9)));
}
