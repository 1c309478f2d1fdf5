import type { Command } from 'commander';
import { verifyFiles } from '../../lifecycle/index.js';
import { readDirectoryFiles } from '../../node/index.js';
import { EXIT } from '../exitCodes.js';
import { createCommand } from '../options.js';
import { type CommonOptions, formatTable, printResult } from '../output.js';

/** `coppice verify DIR`: are the files those that the run wrote? */
export function verifyCommand(): Command {
  return createCommand(
    'verify',
    'Hold the files of a run against its lineage; exits with 3 when something is missing, changed or extra.',
    'coppice verify artifacts/students-0123456789ab',
  )
    .argument('<dir>', 'folder of a run')
    .action(async (directory: string, options: CommonOptions) => {
      const files = await readDirectoryFiles(directory);
      const findings = await verifyFiles(files);
      const text =
        findings.length === 0
          ? `${directory}: ${files.size} files, all as they were written`
          : formatTable([
              ['what', 'file', 'detail'],
              ...findings.map(({ kind, file, detail }) => [kind, file, detail]),
            ]);
      printResult(options, { directory, verified: findings.length === 0, findings }, text);
      if (findings.length > 0) process.exitCode = EXIT.gate;
    });
}
