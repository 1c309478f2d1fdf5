// Builds everything that is shipped: `node scripts/build.mjs [kernels]`.
//   kernels  assembly/ -> build/*.wasm -> src/*/kernelBytes.ts (embedded, so no fetch at run time)
//   (all)    kernels, then the ES modules and the browser bundle by esbuild, then the types by tsc
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const require = createRequire(import.meta.url);
const ENTRIES = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).exports)
  .filter((path) => path !== './package.json')
  .map((path) => (path === '.' ? 'index' : `${path.slice(2)}/index`));

function buildKernel(name) {
  const asc = join(dirname(require.resolve('assemblyscript/package.json')), 'bin', 'asc.js');
  execFileSync(process.execPath, [asc, `assembly/${name}/index.ts`, '--target', name], {
    stdio: 'inherit',
  });
  // the page's kernel is hex: longer than base64, but brotli and gzip see whole bytes and make it a third smaller
  const encoding = name === 'score' ? 'hex' : 'base64';
  const text = readFileSync(`build/${name}.wasm`).toString(encoding);
  writeFileSync(
    `src/${name}/kernelBytes.ts`,
    `// Generated from assembly/${name} by scripts/build.mjs. Do not edit.\nexport const KERNEL_${encoding.toUpperCase()}: string =\n  '${text}';\n`,
  );
}

mkdirSync('build', { recursive: true });
for (const name of ['score', 'train']) buildKernel(name);

if (process.argv[2] !== 'kernels') {
  rmSync('dist', { recursive: true, force: true });
  const shared = { bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning' };
  await build({
    ...shared,
    entryPoints: [...ENTRIES.map((entry) => `src/${entry}.ts`), 'src/cli/main.ts'],
    outdir: 'dist',
    outbase: 'src',
    platform: 'node',
    packages: 'external',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    sourcemap: true,
  });
  await build({
    ...shared,
    entryPoints: { coppice: 'src/index.ts' },
    outdir: 'dist/browser',
    platform: 'browser',
    minify: true,
    legalComments: 'none',
  });
  const page = readFileSync('dist/browser/coppice.js');
  console.log(
    `dist/browser/coppice.js: ${page.length} bytes, ${brotliCompressSync(page).length} by brotli`,
  );
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
}
