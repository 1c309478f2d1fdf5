import type { Command } from 'commander';
import { measureEngines } from '../../lifecycle/index.js';
import { readForms } from '../../node/index.js';
import { formatEngineComparison } from '../../optimize/index.js';
import { loadLabelled } from '../labelledRun.js';
import { createCommand, integer } from '../options.js';
import { type CommonOptions, createProgress, printResult } from '../output.js';

interface BenchOptions extends CommonOptions {
  data: string;
  rounds?: number;
  batch?: number;
}

/** `coppice bench DIR --data F`: the engines in one interleaved run on this machine. */
export function benchCommand(): Command {
  return createCommand(
    'bench',
    'Compare WASM int8, ONNX fp32 and quantised ONNX (onnxruntime-web): latency, throughput, size, accuracy.',
    'coppice bench model --data test.csv\ncoppice bench model --data test.csv --rounds 100 --batch 1000 --json',
  )
    .argument('<dir>', 'folder of a run')
    .requiredOption('--data <file>', 'CSV with the fields and the target')
    .option('--rounds <number>', 'interleaved rounds', integer)
    .option('--batch <rows>', 'rows of a batch, at most', integer)
    .action(async (directory: string, options: BenchOptions) => {
      const { model, sample, config } = await loadLabelled(directory, options.data);
      config.benchmark.rounds = options.rounds ?? config.benchmark.rounds;
      config.benchmark.batch_rows = options.batch ?? config.benchmark.batch_rows;
      const forms = await readForms(directory);
      const comparison = await measureEngines(model, forms, sample, config, {
        onProgress: createProgress(options),
        now: () => performance.now(),
      });
      printResult(options, comparison, formatEngineComparison(comparison));
    });
}
