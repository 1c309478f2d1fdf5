import type { Command } from 'commander';
import { METRIC_NAMES } from '../../evaluate/index.js';
import { evaluateSample } from '../../lifecycle/index.js';
import { loadLabelled } from '../labelledRun.js';
import { createCommand } from '../options.js';
import { type CommonOptions, formatTable, printResult } from '../output.js';

/** `coppice evaluate DIR --data F`: metrics of a model on labelled rows. */
export function evaluateCommand(): Command {
  return createCommand(
    'evaluate',
    'Metrics of a model on labelled data, with bootstrap intervals.',
    'coppice evaluate model --data test.csv\ncoppice evaluate model --data test.csv --json',
  )
    .argument('<dir>', 'folder of a run')
    .requiredOption('--data <file>', 'CSV with the fields and the target')
    .action(async (directory: string, options: CommonOptions & { data: string }) => {
      const { model, sample, config, runId } = await loadLabelled(directory, options.data);
      const evaluation = evaluateSample(model, sample, config);
      const { metrics, intervals } = evaluation;
      const rows = METRIC_NAMES.map((name) => {
        const interval = intervals?.[name];
        const range = interval
          ? `[${interval.lower.toFixed(4)}, ${interval.upper.toFixed(4)}]`
          : '';
        return [name, metrics[name].toFixed(4), range];
      });
      const header = [
        `${evaluation.rowCount} rows`,
        'value',
        `${100 * config.evaluation.confidence} % interval`,
      ];
      printResult(options, { run_id: runId, ...evaluation }, formatTable([header, ...rows]));
    });
}
