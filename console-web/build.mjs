// Builds the console into OUT, out of what lies here and the API's description; does nothing when neither has changed.
//   node build.mjs [OUT [STAMP]]
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, 'dist'));
const stamp = resolve(process.argv[3] ?? `${out}.stamp`);
const api = join(here, '..', 'docs', 'api', 'admin-openapi.yaml');
const inputs = ['index.html', 'vite.config.ts', 'tsconfig.json', 'build.mjs', 'package.json', 'package-lock.json', 'src', 'public'];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`the console needs Node.js 20.19 or later, this is ${process.versions.node}; -Dconsole.skip=true builds without it`);
  process.exit(1);
}

function files(path) {
  return statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => files(join(path, name)))
    : [path];
}

function hashOf(paths) {
  const hash = createHash('sha256').update(process.versions.node);
  for (const path of paths) {
    hash.update(relative(here, path)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function run(command, ...args) {
  execFileSync(command, args, { cwd: here, stdio: ['ignore', 'inherit', 'inherit'] });
}

const generated = join(here, 'generated');
const sources = inputs
  .flatMap((name) => files(join(here, name)))
  .concat(api);
const now = hashOf(sources);
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now && existsSync(join(out, 'index.html')) && existsSync(join(generated, 'packages.json'))) {
  process.exit(0);
}

const installed = join(here, 'node_modules', '.stamp');
const lock = hashOf([join(here, 'package-lock.json')]);
if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lock) {
  run('npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error');
  writeFileSync(installed, lock);
}
mkdirSync(generated, { recursive: true });
const bin = join(here, 'node_modules', '.bin');
run(join(bin, 'openapi-typescript'), api, '-o', join(generated, 'api.ts'));
run(join(bin, 'vue-tsc'), '--noEmit');
rmSync(out, { recursive: true, force: true });
run(join(bin, 'vite'), 'build', '--outDir', out, '--emptyOutDir', '--logLevel', 'warn');
// Not a part of the pages, but what is told of them in the bundle.
copyFileSync(join(out, 'packages.json'), join(generated, 'packages.json'));
rmSync(join(out, 'packages.json'));
for (const path of files(out)) {
  if (/\.(js|css|html|svg)$/.test(path)) {
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
  }
}
writeFileSync(stamp, now);
