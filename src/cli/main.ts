#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { CoppiceError } from '../core/errors.js';
import { packageVersion } from '../node/version.js';
import { benchCommand } from './commands/bench.js';
import { driftCommand } from './commands/drift.js';
import { evaluateCommand } from './commands/evaluate.js';
import { explainCommand } from './commands/explain.js';
import { exportCommand } from './commands/export.js';
import { inspectCommand } from './commands/inspect.js';
import { parityCommand } from './commands/parity.js';
import { predictCommand } from './commands/predict.js';
import { retrainCommand } from './commands/retrain.js';
import { runCommand } from './commands/run.js';
import { serveCommand } from './commands/serve.js';
import { trainCommand } from './commands/train.js';
import { tuneCommand } from './commands/tune.js';
import { verifyCommand } from './commands/verify.js';
import { EXIT, exitCodeOf } from './exitCodes.js';

const HELP = `
Examples:
  coppice run                                          the whole lifecycle on built-in data
  coppice run --data churn.csv --target Churn          the same on your own
  coppice train --data churn.csv --target Churn --positive Yes --model gbdt --out model
  coppice predict model --data new.csv --out scored.csv
  coppice serve model --port 8080

Results go to standard output (--json for one JSON document), progress to standard error (--quiet for none).
Exit codes: 0 done · 1 unexpected error · 2 wrong arguments or configuration · 3 parity gate or verification failed ·
            4 the data cannot be used · 5 drift found, with --fail-on-drift · 130 interrupted`;

function createProgram(): Command {
  const program = new Command('coppice')
    .description(
      'From a CSV to a calibrated, monitored model that scores anywhere JavaScript runs.',
    )
    .version(packageVersion())
    .addHelpText('after', HELP)
    .exitOverride()
    .showSuggestionAfterError();
  for (const command of [
    runCommand(),
    trainCommand(),
    tuneCommand(),
    evaluateCommand(),
    predictCommand(),
    explainCommand(),
    exportCommand(),
    parityCommand(),
    benchCommand(),
    serveCommand(),
    driftCommand(),
    retrainCommand(),
    verifyCommand(),
    inspectCommand(),
  ]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}

function report(error: unknown, asJson: boolean): void {
  const expected = error instanceof CoppiceError;
  if (asJson) {
    const { name, message } = error as Error;
    const code = expected ? error.code : 'unexpected';
    process.stdout.write(`${JSON.stringify({ error: { code, name, message } }, null, 2)}\n`);
  }
  const text = expected ? error.message : ((error as Error)?.stack ?? String(error));
  process.stderr.write(`coppice: ${text}\n`);
}

process.on('SIGINT', () => process.exit(EXIT.interrupted));
// a reader that closes the pipe early (`| head`) is no error of ours
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.unexpected);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has printed its message already; help and version exit with 0
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else {
    report(error, process.argv.includes('--json'));
    process.exitCode = exitCodeOf(error);
  }
}
