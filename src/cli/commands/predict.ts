import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.js';
import { type Config, FILES } from '../../lifecycle/index.js';
import { readRunFile, readRunLineage, scoreFile, writeCsv } from '../../node/index.js';
import { loadScorer, type Scorer } from '../../score/index.js';
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
  let rowCount = 0;
  await writeCsv(out, async (writer) => {
    let headerWritten = false;
    rowCount = await scoreFile(
      data,
      scorer,
      missingTokens,
      async ({ header, rows, probabilities }) => {
        if (!headerWritten) {
          const taken = ADDED_COLUMNS.find((name) => header.includes(name));
          if (taken) throw new ConfigError(`${data} has a column "${taken}" already`);
          await writer.write([[...header, ...ADDED_COLUMNS]]);
          headerWritten = true;
        }
        await writer.write(
          rows.map((cells, row) => {
            const probability = probabilities[row]!;
            return [...cells, formatProbability(probability), scorer.label(probability)];
          }),
        );
      },
    );
  });
  return rowCount;
}

/** The shortest decimal that reads back as the same float32. */
function formatProbability(probability: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = probability.toPrecision(digits);
    if (Math.fround(Number(text)) === probability) return String(Number(text));
  }
  return String(Number(probability.toPrecision(9)));
}
