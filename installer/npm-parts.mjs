// npm-parts.mjs FOLDER: writes into FOLDER what the console and the JavaScript SDK have from npm: npm.cdx.json (CycloneDX 1.6, out
// of the lock files) and npm-licences.txt (the licence texts of what the pages are made of). Asks no registry.
//
// A part of the pages is "required"; tools that only build or test, and are not in the bundle, are "excluded".
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = process.argv[2];
const read = (...path) => JSON.parse(readFileSync(join(root, ...path), 'utf8'));
const shipped = new Set(read('console-web', 'generated', 'packages.json'));
const TEXT = /^(licen[cs]e|copying|notice)/i;

function hashes(integrity) {
  const [algorithm, value] = (integrity ?? '').split(' ')[0].split(/-(.*)/);
  return algorithm === 'sha512' ? [{ alg: 'SHA-512', content: Buffer.from(value, 'base64').toString('hex') }] : [];
}

function component(name, part, required) {
  const purl = `pkg:npm/${name.replace(/^@/, '%40')}@${part.version}`;
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version: part.version,
    scope: required ? 'required' : 'excluded',
    hashes: hashes(part.integrity),
    licenses: [{ expression: part.license }],
    purl,
  };
}

const found = new Map();
for (const project of ['console-web', join('sdk', 'js')]) {
  for (const [path, part] of Object.entries(read(project, 'package-lock.json').packages)) {
    if (path === '' || part.link) {
      continue;
    }
    const name = path.replace(/^.*node_modules\//, '');
    const each = component(name, part, project === 'console-web' && path === `node_modules/${name}` && shipped.has(name));
    // What one project ships the other may only build with.
    if (each.scope === 'required' || !found.has(each.purl)) {
      found.set(each.purl, each);
    }
  }
}
const components = [...found.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
const required = components.filter((each) => each.scope === 'required');
const missing = [...shipped].filter((name) => !required.some((each) => each.name === name));
if (missing.length > 0) {
  throw new Error(`in the pages, but not in the lock file: ${missing.join(', ')}`);
}
const version = read('console-web', 'package.json').version;
const sbom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: { component: { type: 'application', name: 'palisade-console-web', version } },
  components,
};
writeFileSync(join(out, 'npm.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`);

const texts = required.map((each) => {
  const folder = join(root, 'console-web', 'node_modules', each.name);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => TEXT.test(file)).sort() : [];
  const from = read('console-web', 'node_modules', each.name, 'package.json');
  const author = typeof from.author === 'string' ? from.author : (from.author?.name ?? 'its authors');
  const text =
    files.length > 0
      ? files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n')
      : `The package holds no text. It is by ${author}, under ${each.licenses[0].expression}.`;
  return `${'='.repeat(100)}\n${each.name} ${each.version} (${each.licenses[0].expression})\n${'='.repeat(100)}\n\n${text}\n`;
});
writeFileSync(join(out, 'npm-licences.txt'), `What the console's pages are made of, with the licences.\n\n${texts.join('\n')}`);
