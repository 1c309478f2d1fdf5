import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.js';
import { type Config, FILES } from '../../lifecycle/index.js';
import {
  assessDrift,
  createMonitorState,
  type DriftReport,
  type DriftSummary,
  type MonitorState,
  observe,
  parseReference,
  type RateChange,
  summarizeDrift,
} from '../../monitor/index.js';
import {
  driftOptionsOf,
  readRunFile,
  readRunLineage,
  replayLog,
  scoreFile,
} from '../../node/index.js';
import { loadScorer } from '../../score/index.js';
import { EXIT } from '../exitCodes.js';
import { createCommand } from '../options.js';
import { type CommonOptions, formatTable, grouped, printResult } from '../output.js';

interface DriftFlags extends CommonOptions {
  log?: string;
  data?: string;
  failOnDrift?: boolean;
}

/** `coppice drift DIR --log FILE | --data FILE`: how far from the training data are these rows? */
export function driftCommand(): Command {
  return createCommand(
    'drift',
    'Hold the rows of a prediction log, or of a CSV file, against the training data of a model.',
    'coppice drift model --log model.predictions.jsonl\ncoppice drift model --data january.csv --fail-on-drift',
  )
    .argument('<dir>', 'folder of a run')
    .option('--log <file>', 'prediction log of `coppice serve`')
    .option('--data <file>', 'CSV with the fields of the model; the rows are scored first')
    .option('--fail-on-drift', 'exit with 5 when the recommendation is investigate or retrain')
    .action(async (directory: string, flags: DriftFlags) => {
      if ((flags.log === undefined) === (flags.data === undefined)) {
        throw new ConfigError('expected either --log or --data');
      }
      const lineage = await readRunLineage(directory);
      const text = new TextDecoder().decode(await readRunFile(directory, FILES.driftBaseline));
      const reference = parseReference(JSON.parse(text));
      const config = lineage.core.config as Config;
      let state: MonitorState;
      let malformedCount = 0;
      if (flags.log !== undefined) {
        ({ state, malformedCount } = await replayLog(flags.log, reference));
      } else {
        state = createMonitorState(reference);
        const scorer = await loadScorer(await readRunFile(directory, FILES.blob));
        await scoreFile(flags.data!, scorer, config.data.missing_tokens, ({ table, predictions }) =>
          observe(state, table, predictions),
        );
      }
      const options = driftOptionsOf(lineage);
      const report = assessDrift(state, options);
      const summary = summarizeDrift(report, options);
      printResult(
        flags,
        { ...summary, malformed_lines: malformedCount },
        describe(report, summary),
      );
      const alarming =
        summary.recommendation === 'retrain' || summary.recommendation === 'investigate';
      if (flags.failOnDrift && alarming) process.exitCode = EXIT.drift;
    });
}

function describe(report: DriftReport, summary: DriftSummary): string {
  const predicted =
    report.task === 'multiclass' ? [report.score, report.classDistribution] : [report.score];
  const rows = [...report.fields, ...predicted].map((change) => [
    change.name,
    change.psi.toFixed(4),
    change.jensenShannon.toFixed(4),
    change.zScore === undefined ? '' : change.zScore.toFixed(2),
    change.adjustedPValue.toExponential(1),
    change.changed ? 'changed' : change.significant ? 'small' : '',
  ]);
  return [
    formatTable([['field', 'PSI', 'JS distance', 'z', 'adjusted p', ''], ...rows]),
    '',
    `${grouped(report.rowCount)} rows; ${describePredictions(report)}`,
    `recommendation: ${summary.recommendation}. ${summary.recommended_action}`,
    ...summary.reasons.map(({ message }) => `  - ${message}`),
  ].join('\n');
}

function describePredictions(report: DriftReport): string {
  if (report.task === 'binary') return `positive predictions ${describeRate(report.positiveRate)}`;
  if (report.task === 'multiclass') {
    const classes = report.classRates.map((rate) => `${rate.name} ${describeRate(rate)}`);
    return `predicted classes: ${classes.join('; ')}`;
  }
  const mean = report.score.mean?.toPrecision(6) ?? 'none';
  return `mean prediction ${mean}, in training ${report.trainingPredictedMean.toPrecision(6)}`;
}

function describeRate({ rate, referenceRate }: RateChange): string {
  return `${(100 * rate).toFixed(2)} %, in training ${(100 * referenceRate).toFixed(2)} %`;
}
