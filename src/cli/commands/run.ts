import type { Command } from 'commander';
import { type LifecycleFlags, lifecycleCommand } from '../lifecycleRun.js';
import { createCommand, withConfigFlags, withDataFlags } from '../options.js';
import { loadConfig } from '../settings.js';

/** `coppice run`: the five stages, from data to a released model. */
export function runCommand(): Command {
  const command = createCommand(
    'run',
    'Run the whole lifecycle: data, training, optimising, deployment files, drift baseline. Without --data on built-in data.',
    [
      'coppice run',
      'coppice run --data churn.csv --target Churn',
      'coppice run --data houses.csv --target price --task regression',
      'coppice run --data churn.csv.gz --target Churn --positive Yes --set business.target_precision=0.9 --out model',
      'coppice run --config my.yaml --dataset churn_2026',
    ].join('\n'),
  );
  return withConfigFlags(withDataFlags(command))
    .option('--dataset <name>', 'an entry of the registry instead of --data')
    .option('--registry <file>', 'the registry (default: config/datasets.yaml)')
    .option('--out <dir>', 'folder to write (default: artifacts/<name>-<run id>)')
    .action(async (flags: LifecycleFlags) => {
      const builtIn = flags.data === undefined && flags.dataset === undefined;
      await lifecycleCommand('run', flags, loadConfig(flags, builtIn));
    });
}
