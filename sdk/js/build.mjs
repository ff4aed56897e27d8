// Builds the SDK and its tests: node build.mjs [test|bench|readme]
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const MOST_BYTES = 40 * 1024;

process.chdir(here);

const run = (command, args, env = {}) => {
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
};

const compile = (project, ...options) =>
  run('node', ['node_modules/typescript/bin/tsc', '-p', project, ...options]);

const bundle = (options) =>
  build({ bundle: true, target: 'es2020', logLevel: 'warning', ...options });

/** Both module formats with their types, in folders that say which they are. */
async function library() {
  rmSync('dist', { recursive: true, force: true });
  for (const [format, type] of [
    ['esm', 'module'],
    ['cjs', 'commonjs'],
  ]) {
    await bundle({
      entryPoints: ['src/index.ts'],
      outfile: `dist/${format}/index.js`,
      format,
      minify: true,
      sourcemap: true,
      platform: 'neutral',
    });
    writeFileSync(`dist/${format}/package.json`, `{"type":"${type}"}\n`);
  }
  compile('tsconfig.dist.json', '--outDir', 'dist/esm');
  // A declaration is a module of the kind that the package.json beside it says.
  cpSync('dist/esm', 'dist/cjs', {
    recursive: true,
    filter: (name) => !/\.(js|map|json)$/.test(name),
  });
  const bytes = gzipSync(readFileSync('dist/esm/index.js'), { level: 9 }).length;
  console.log(`the SDK takes ${bytes} bytes compressed`);
  if (bytes > MOST_BYTES) {
    throw new Error(`more than ${MOST_BYTES}`);
  }
}

const inNode = (entryPoints, outdir) =>
  bundle({
    entryPoints,
    outdir,
    format: 'esm',
    platform: 'node',
    target: 'node18',
    outExtension: { '.js': '.mjs' },
    packages: 'external',
    sourcemap: 'inline',
  });

async function tests() {
  rmSync('target', { recursive: true, force: true });
  const files = readdirSync('test').filter((name) => name.endsWith('.test.ts'));
  await inNode(files.map((name) => join('test', name)), 'target/test');
  const wanted = process.argv.slice(3);
  const chosen = files
    .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
    .map((name) => `target/test/${name.replace(/\.ts$/, '.mjs')}`);
  run('node', ['--enable-source-maps', '--test', '--test-reporter=spec', ...chosen]);
}

switch (process.argv[2] ?? 'build') {
  case 'build':
    await library();
    break;
  case 'test':
    compile('.');
    compile('demo');
    await library();
    await tests();
    break;
  case 'bench':
    await inNode(['bench/bench.ts'], 'target/bench');
    run('node', ['target/bench/bench.mjs', ...process.argv.slice(3)]);
    break;
  case 'readme':
    await inNode(['test/names.ts'], 'target/readme');
    run('node', ['target/readme/names.mjs', 'write']);
    break;
  default:
    console.error('usage: node build.mjs [build|test|bench|readme]');
    process.exit(64);
}
