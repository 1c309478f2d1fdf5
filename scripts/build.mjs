// Builds everything that is shipped: `node scripts/build.mjs [kernels]`.
//   kernels  assembly/ -> build/*.wasm -> src/*/kernelBytes.ts (embedded, so no fetch at run time)
//   (all)    kernels, then the ES modules and the browser bundle by esbuild, then the types by tsc
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const require = createRequire(import.meta.url);
/** exports that are no entry of their own: files, and programs of workers */
const NO_ENTRIES = ['./package.json', './kernel.wasm', './pool/worker', './train/worker'];
const ENTRIES = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).exports)
  .filter((path) => !NO_ENTRIES.includes(path))
  .map((path) => (path === '.' ? 'index' : `${path.slice(2)}/index`));

/** Compiles an entry of assembly/ by a target of asconfig.json. */
function compileKernel(entry, target) {
  const asc = join(dirname(require.resolve('assemblyscript/package.json')), 'bin', 'asc.js');
  execFileSync(process.execPath, [asc, `assembly/${entry}.ts`, '--target', target], {
    stdio: 'inherit',
  });
}

/** Compiles an entry, and embeds it in <folder>/kernelBytes.ts. */
function buildKernel(entry, target, folder) {
  compileKernel(entry, target);
  // kernels for pages are hex: longer than base64, but brotli and gzip see whole bytes and make it a third smaller
  const encoding = entry.startsWith('score/') ? 'hex' : 'base64';
  const text = readFileSync(`build/${target}.wasm`).toString(encoding);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    `${folder}/kernelBytes.ts`,
    `// Generated from assembly/${entry}.ts by scripts/build.mjs. Do not edit.\nexport const KERNEL_${encoding.toUpperCase()}: string =\n  '${text}';\n`,
  );
}

mkdirSync('build', { recursive: true });
buildKernel('score/index', 'score', 'src/score');
buildKernel('score/extra', 'scoreExtra', 'src/score/extra');
buildKernel('score/portable', 'scorePortable', 'src/score/portable');
compileKernel('score/complete', 'scoreComplete');
buildKernel('train/index', 'train', 'src/train');
// the same loops over memory that threads share
buildKernel('train/index', 'trainShared', 'src/train/team');

if (process.argv[2] !== 'kernels') {
  rmSync('dist', { recursive: true, force: true });
  const shared = { bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning' };
  await build({
    ...shared,
    entryPoints: [
      ...ENTRIES.map((entry) => `src/${entry}.ts`),
      'src/cli/main.ts',
      'src/pool/poolWorker.ts',
      'src/train/trainWorker.ts',
    ],
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
    // kernels that few pages need are files of their own, loaded when they are needed
    splitting: true,
    chunkNames: '[name]-[hash]',
    minify: true,
    legalComments: 'none',
  });
  // the kernel as a file, for edge workers that take modules and compile nothing
  mkdirSync('dist/kernel');
  copyFileSync('build/scoreComplete.wasm', 'dist/kernel/score.wasm');
  writeFileSync(
    'dist/kernel/score.wasm.d.ts',
    'declare const kernel: WebAssembly.Module;\nexport default kernel;\n',
  );
  for (const name of readdirSync('dist/browser')) {
    const file = readFileSync(`dist/browser/${name}`);
    const packed = brotliCompressSync(file).length;
    console.log(`dist/browser/${name}: ${file.length} bytes, ${packed} by brotli`);
  }
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
}
