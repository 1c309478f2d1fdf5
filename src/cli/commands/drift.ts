import { join } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.js';
import { type Config, FILES } from '../../lifecycle/index.js';
import {
  assessDrift,
  checkDriftOptions,
  createMonitorState,
  type DriftReport,
  type DriftSummary,
  observe,
  parseReference,
  type RateChange,
  summarizeDrift,
} from '../../monitor/index.js';
import {
  digestFile,
  driftOptionsOf,
  type LogReading,
  readRunFile,
  readRunLineage,
  replayLog,
  scoreFile,
} from '../../node/index.js';
import { loadScorer } from '../../score/index.js';
import { monitorOf } from '../../serve/index.js';
import { EXIT } from '../exitCodes.js';
import { collect, createCommand } from '../options.js';
import { type CommonOptions, formatTable, grouped, printResult } from '../output.js';

interface DriftFlags extends CommonOptions {
  log: string[];
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
    .option(
      '--log <file>',
      'prediction log of `coppice serve`, its finished files included (repeatable: one a server)',
      collect,
      [],
    )
    .option('--data <file>', 'CSV with the fields of the model; the rows are scored first')
    .option('--fail-on-drift', 'exit with 5 when the recommendation is investigate or retrain')
    .action(async (directory: string, flags: DriftFlags) => {
      if ((flags.log.length === 0) === (flags.data === undefined)) {
        throw new ConfigError('expected either --log or --data');
      }
      const lineage = await readRunLineage(directory);
      const text = new TextDecoder().decode(await readRunFile(directory, FILES.driftBaseline));
      const reference = parseReference(JSON.parse(text));
      const config = lineage.core.config as Config;
      const options = driftOptionsOf(lineage);
      const state = createMonitorState(reference);
      const readings: LogReading[] = [];
      if (flags.data === undefined) {
        const { sha256 } = await digestFile(join(directory, FILES.blob));
        const monitor = monitorOf(state, checkDriftOptions(options));
        for (const path of flags.log) {
          readings.push(await replayLog(path, { reference, sha256 }, monitor));
        }
      } else {
        const scorer = await loadScorer(await readRunFile(directory, FILES.blob));
        await scoreFile(flags.data, scorer, config.data.missing_tokens, ({ table, predictions }) =>
          observe(state, table, predictions),
        );
      }
      const report = assessDrift(state, options);
      const summary = summarizeDrift(report, options);
      printResult(
        flags,
        { ...summary, ...lineCounts(readings) },
        [describe(report, summary), ...describeReadings(readings)].join('\n'),
      );
      const alarming =
        summary.recommendation === 'retrain' || summary.recommendation === 'investigate';
      if (flags.failOnDrift && alarming) process.exitCode = EXIT.drift;
    });
}

/** What was read of the logs and did not count, in lines. */
function lineCounts(readings: readonly LogReading[]): Record<string, number> {
  const total = (key: keyof LogReading): number =>
    readings.reduce((sum, reading) => sum + reading[key], 0);
  return {
    malformed_lines: total('malformedCount'),
    other_model_lines: total('otherModelCount'),
    withheld_lines: total('withheldCount'),
  };
}

function describeReadings(readings: readonly LogReading[]): string[] {
  const { malformed_lines, other_model_lines, withheld_lines } = lineCounts(readings);
  const lines: [number | undefined, string][] = [
    [other_model_lines, 'of other models'],
    [
      withheld_lines,
      'without all features, which were kept out of the log: they could not be counted',
    ],
    [malformed_lines, 'that are neither predictions nor labels'],
  ];
  return lines.flatMap(([count, what]) => (count ? [`${grouped(count)} lines ${what}`] : []));
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
