import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.js';
import {
  type Explanation,
  explainRow,
  type FeatureImportance,
  featureImportance,
} from '../../explain/index.js';
import { featureMatrix } from '../../model/feature.js';
import type { Model } from '../../model/model.js';
import { readRunModel } from '../../node/index.js';
import { loadUnlabelled } from '../labelledRun.js';
import { createCommand, integer } from '../options.js';
import { type CommonOptions, formatTable, grouped, printResult } from '../output.js';

interface ExplainFlags extends CommonOptions {
  data?: string;
  row?: number;
  top: number;
}

/** `coppice explain DIR [--data F [--row N]]`: what a model relies on, or why it predicts what it does for one row. */
export function explainCommand(): Command {
  return createCommand(
    'explain',
    'What a model relies on: by training, on the rows of a file, or for one row.',
    'coppice explain model\ncoppice explain model --data new.csv\ncoppice explain model --data new.csv --row 17 --top 3',
  )
    .argument('<dir>', 'folder of a run')
    .option('--data <file>', 'CSV with the fields of the model: mean |contribution| on its rows')
    .option('--row <number>', 'explain one row of the file, counted from 1', integer)
    .option('--top <n>', 'how many features to show', integer, 10)
    .action(async (directory: string, options: ExplainFlags) => {
      const { data, row, top } = options;
      if (top < 1) throw new ConfigError(`--top expected at least 1, got ${top}`);
      if (data === undefined) {
        if (row !== undefined) throw new ConfigError('--row needs --data');
        const model = await readRunModel(directory);
        const type = model.predictor.kind === 'forest' ? 'gain' : 'weight';
        print(options, { type }, featureImportance(model, { type }), `share of ${type}`);
        return;
      }
      const { model, table } = await loadUnlabelled(directory, data);
      const matrix = featureMatrix(model.schema.fields, model.features, table);
      if (row === undefined) {
        const list = featureImportance(model, { type: 'shap', matrix });
        const title = `share of |contribution|, ${grouped(table.rowCount)} rows`;
        print(options, { type: 'shap', rows: table.rowCount }, list, title);
        return;
      }
      if (!(row >= 1 && row <= table.rowCount)) {
        throw new ConfigError(`--row expected 1 to ${table.rowCount}, got ${row}`);
      }
      const width = model.features.length;
      const values = matrix.subarray((row - 1) * width, row * width);
      const explanation = explainRow(model, values, { top });
      printResult(options, { row, ...explanation }, describe(model, explanation));
    });
}

function print(
  options: ExplainFlags,
  about: object,
  list: FeatureImportance[],
  title: string,
): void {
  const shown = list.slice(0, options.top);
  const rows = shown.map(({ feature, importance }) => [feature, importance.toFixed(4)]);
  printResult(
    options,
    { ...about, importances: shown },
    formatTable([['feature', title], ...rows]),
  );
}

function describe(model: Model, { reasons, rest, ...about }: Explanation): string {
  const signed = (value: number): string => (value < 0 ? '' : '+') + value.toFixed(4);
  const what = about.class === null ? '' : ` of "${about.class}"`;
  return [
    `${model.schema.target.name}: ${Number(about.prediction.toPrecision(6))}${what}`,
    `margin ${about.margin.toFixed(4)}, of which ${about.expected.toFixed(4)} for an average row`,
    '',
    formatTable([
      ['feature', 'value', 'contribution'],
      ...reasons.map(({ feature, value, contribution }) => [
        feature,
        shown(value),
        signed(contribution),
      ]),
      ['all others', '', signed(rest)],
    ]),
  ].join('\n');
}

/** Numbers to six digits; a level that training has not seen is -1 in a feature matrix. */
function shown(value: number | string | null): string {
  if (value === null) return '(missing)';
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : value;
}
