// Builds everything that is shipped: `node scripts/build.mjs [kernels]`.
//   kernels  assembly/ -> build/*.wasm -> src/*/kernelBytes.ts (embedded, so no fetch at run time)
//   (all)    kernels, then the ES modules and the browser bundle by esbuild, then the types by tsc
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const require = createRequire(import.meta.url);
/** exports that are no entry of their own: files, and programs of workers */
const NO_ENTRIES = [
  './package.json',
  './complete',
  './kernel.wasm',
  './pool/worker',
  './train/worker',
];
const ENTRIES = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).exports)
  .filter((path) => !NO_ENTRIES.includes(path))
  .map((path) => (path === '.' ? 'index' : `${path.slice(2)}/index`));

const BUNDLE = { bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning' };

/** parts of the page's bundle that are imported on demand, by their names in dist/browser/ */
const PAGE_PARTS = {
  extra: 'src/score/extra/index.ts',
  portable: 'src/score/portable/kernelBytes.ts',
};

/** Leaves the dynamic imports of these files to the one who runs the bundle. */
function onDemand(parts) {
  const names = new Map(Object.entries(parts).map(([name, file]) => [join(root, file), name]));
  return {
    name: 'on demand',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        const name = names.get(join(resolveDir, path.replace(/\.js$/, '.ts')));
        if (kind === 'dynamic-import' && name) return { path: `./${name}.js`, external: true };
      });
    },
  };
}

/** To V8: compile all functions while the file loads, beside the page, and not one by one when they are first called. */
const COMPILE_AT_LOAD = '//# allFunctionsCalledOnLoad\n';

/** Moves the kernel, which only functions read, behind everything else: brotli makes half a percent less of it there. */
function kernelLast(code) {
  const [digits] = code.match(/"[0-9a-f]{1000,}"/);
  return `${code.replace(digits, () => '$kernel')}var $kernel=${digits};`;
}

/** Bundles for pages: each entry one file of dist/browser/. */
async function buildPage(entryPoints, { plugins = [], arrange = (code) => code } = {}) {
  const { outputFiles } = await build({
    ...BUNDLE,
    entryPoints,
    plugins,
    // what only Node has
    define: { 'globalThis.Buffer': 'undefined' },
    outdir: 'dist/browser',
    platform: 'browser',
    minify: true,
    legalComments: 'none',
    write: false,
  });
  for (const { path, text } of outputFiles) {
    // smaller by 3 % than what esbuild makes of it alone, and a little more where larger functions stay where they are
    const compress = { passes: 3, inline: 1 };
    const small = await minify(text, { module: true, ecma: 2022, compress });
    const code = arrange(small.code);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
    const packed = brotliCompressSync(Buffer.from(code)).length;
    console.log(`${relative(root, path)}: ${code.length} bytes, ${packed} by brotli`);
  }
}

/**
 * Empties the lines of an entry that import a chunk for its side effects, which esbuild writes for the sake of order. There are none, as
 * package.json says, and who bundles the entry is warned of each.
 */
function dropBareImports(file) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/^import "[^"]*chunks[^"]*";$/gm, ''));
}

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
  await build({
    ...BUNDLE,
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
  for (const entry of ENTRIES) dropBareImports(`dist/${entry}.js`);
  // what few pages need is a file of its own, which is imported when it is needed
  await buildPage(
    { coppice: 'src/browser.ts' },
    {
      plugins: [onDemand(PAGE_PARTS)],
      arrange: (code) => COMPILE_AT_LOAD + kernelLast(code),
    },
  );
  await buildPage(PAGE_PARTS);
  // everything in one file, for service workers, which import nothing while they run
  await buildPage({ complete: 'src/index.ts' });
  // the kernel as a file, for edge workers that take modules and compile nothing
  mkdirSync('dist/kernel');
  copyFileSync('build/scoreComplete.wasm', 'dist/kernel/score.wasm');
  writeFileSync(
    'dist/kernel/score.wasm.d.ts',
    'declare const kernel: WebAssembly.Module;\nexport default kernel;\n',
  );
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
}
