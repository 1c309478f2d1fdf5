import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a script of this folder to JavaScript as users have it, so that no process spends its time on types.
 * @returns its path, below build/, where node_modules are found.
 */
export async function buildScript(name: string): Promise<string> {
  const outdir = join('build', 'bench');
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: [join('bench', 'scoring', `${name}.ts`)],
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
  return join(outdir, `${name}.mjs`);
}
