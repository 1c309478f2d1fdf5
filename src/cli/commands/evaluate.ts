import type { Command } from 'commander';
import { evaluateSample } from '../../lifecycle/index.js';
import { loadLabelled } from '../labelledRun.js';
import { formatEvaluation } from '../metricsTable.js';
import { createCommand } from '../options.js';
import { type CommonOptions, grouped, printResult } from '../output.js';

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
      const text = formatEvaluation(evaluation, {
        title: `${grouped(evaluation.rowCount)} rows`,
        confidence: config.evaluation.confidence,
        classes: model.schema.target.classes,
      });
      printResult(options, { run_id: runId, ...evaluation }, text);
    });
}
