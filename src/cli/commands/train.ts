import { type Command, Option } from 'commander';
import { CANDIDATE_NAMES, type CandidateName } from '../../lifecycle/index.js';
import { type LifecycleFlags, lifecycleCommand } from '../lifecycleRun.js';
import { createCommand, type Settings, withConfigFlags, withDataFlags } from '../options.js';
import { loadConfig } from '../settings.js';

interface TrainFlags extends LifecycleFlags {
  model: CandidateName;
}

/** `coppice train`: one learner, fitted on every row. */
export function trainCommand(): Command {
  const command = createCommand(
    'train',
    'Train one model on every row of a file: cross-validated, calibrated, and checked for parity.',
    [
      'coppice train --data churn.csv --target Churn --out model',
      'coppice train --data churn.csv --target Churn --positive Yes --model logistic --out model',
      'coppice train --data churn.csv --target Churn --out model --set numTrees=300 --set learningRate=0.05',
      'coppice train --data claims.csv --target count --task regression --set objective=poisson --out model',
    ].join('\n'),
  );
  return withConfigFlags(withDataFlags(command))
    .requiredOption('--out <dir>', 'folder to write')
    .addOption(
      new Option('--model <learner>', 'learner').choices([...CANDIDATE_NAMES]).default('gbdt'),
    )
    .addHelpText(
      'after',
      '\n--set takes the options of the learner (docs/training.md, docs/evaluation.md), or dotted keys of the configuration.',
    )
    .action(async (flags: TrainFlags) => {
      const { learner, settings } = splitSettings(flags.set);
      const source = loadConfig({ ...flags, set: settings }, false);
      const given = source.config.training.candidates[flags.model];
      source.config.training.candidates = {
        [flags.model]: { ...(flags.config === undefined ? {} : given), ...learner },
      };
      await lifecycleCommand('train', flags, { ...source, askedCandidates: [flags.model] });
    });
}

/** A key with a dot is the configuration's, one without is the learner's. */
export function splitSettings(given: Settings): { learner: Settings; settings: Settings } {
  const entries = Object.entries(given);
  return {
    learner: Object.fromEntries(entries.filter(([key]) => !key.includes('.'))),
    settings: Object.fromEntries(entries.filter(([key]) => key.includes('.'))),
  };
}
