import type { Command } from 'commander';
import { serveDirectory } from '../../node/index.js';
import { createCommand, integer } from '../options.js';
import type { CommonOptions } from '../output.js';

interface ServeOptions extends CommonOptions {
  port: number;
  host: string;
  log?: string;
}

/** `coppice serve DIR`: the model over HTTP, until SIGINT or SIGTERM. */
export function serveCommand(): Command {
  return createCommand(
    'serve',
    'Serve a model over HTTP: /health, /predict, /batch_predict, /monitoring/drift, /monitoring/retraining_trigger.',
    'coppice serve artifacts/students-0123456789ab --port 8080\ncoppice serve model --log predictions.jsonl',
  )
    .argument('<dir>', 'folder of a run')
    .option('--port <number>', 'port; 0 takes a free one', integer, 8080)
    .option('--host <address>', 'address to bind', '127.0.0.1')
    .option('--log <file>', 'prediction log in JSON lines (default: <dir>.predictions.jsonl)')
    .action(async (directory: string, options: ServeOptions) => {
      const logPath = options.log ?? `${directory.replace(/[\\/]+$/, '')}.predictions.jsonl`;
      const server = await serveDirectory(directory, {
        port: options.port,
        hostname: options.host,
        logPath,
      });
      const ready = { url: server.url, log: logPath };
      process.stdout.write(
        options.json
          ? `${JSON.stringify(ready)}\n`
          : `serving ${directory} at ${server.url}, log ${logPath}\n`,
      );
      await new Promise<void>((resolve) => {
        process.removeAllListeners('SIGINT');
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
      });
      await server.close();
    });
}
