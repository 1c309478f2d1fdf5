import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a script to JavaScript as users have it, so that no process spends its time on types.
 * @param source - below bench/, without its ending: `scoring/scoreProcess`
 * @returns its path, below build/, where node_modules are found.
 */
export async function buildScript(source: string): Promise<string> {
  const outdir = join('build', 'bench');
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: [join('bench', `${source}.ts`)],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    external: ['onnxruntime-web'],
    logLevel: 'warning',
  });
  return join(outdir, `${basename(source)}.mjs`);
}
