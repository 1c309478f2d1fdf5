import type { Command } from 'commander';
import { checkParity } from '../../lifecycle/index.js';
import { readForms } from '../../node/index.js';
import { EXIT } from '../exitCodes.js';
import { loadUnlabelled } from '../labelledRun.js';
import { createCommand } from '../options.js';
import { type CommonOptions, printResult } from '../output.js';
import { formatParity } from '../summary.js';

/** `coppice parity DIR --data F`: the parity gate again, on other rows. */
export function parityCommand(): Command {
  return createCommand(
    'parity',
    'Hold the blob and both ONNX files against the float64 reference; exits with 3 when a tolerance is exceeded.',
    'coppice parity model --data test.csv',
  )
    .argument('<dir>', 'folder of a run')
    .requiredOption('--data <file>', 'CSV with the fields of the model')
    .action(async (directory: string, options: CommonOptions & { data: string }) => {
      const { model, table, config } = await loadUnlabelled(directory, options.data);
      const report = await checkParity(model, await readForms(directory), table, config);
      printResult(options, report, formatParity(report));
      if (!report.passed) process.exitCode = EXIT.gate;
    });
}
