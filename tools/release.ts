import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { kustomizePackage, kustomizePackageName } from './release/kustomize.ts';
import { ociImage, sha256 } from './release/oci-image.ts';
import { packPackage } from './release/package.ts';
import { output, platform } from './release/parts.ts';
import { programArchive } from './release/program-archive.ts';
import { type Artifact, bill, checksums, provenance } from './release/statements.ts';
import { filled, follows, releasedChangelog } from './release/texts.ts';

/*
 * Releases a version: npm run release -- VERSION. It says the version in the changelog, the package and
 * the README, commits and tags that, and writes the files of the release. Nothing is pushed.
 * With --dry-run the files are made of the tree as it is, and nothing else is touched.
 */
const root = fileURLToPath(new URL('../', import.meta.url));
const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    'dry-run': { type: 'boolean', default: false },
    out: { type: 'string', default: 'release' },
    level: { type: 'string', default: '6' }, // Of gzip: the tests take the fastest.
    url: { type: 'string', default: 'https://git.example.com/platform/rem-secrets' },
  },
});
const current = versionOf('package.json');
const [version = current] = positionals;

if (!flags['dry-run']) {
  expectClean();
  if (version !== current) setVersion(); // What package.json has already is released as it is.
  output(root, 'npm', 'run', 'build');
}
const out = resolve(root, flags.out);
if (existsSync(out)) throw new Error(`${flags.out} is there already`);
mkdirSync(out, { recursive: true });
writeRelease();
if (!flags['dry-run']) tag();

function versionOf(file: string): string {
  return (JSON.parse(readFileSync(join(root, file), 'utf8')) as { version: string }).version;
}

function expectClean(): void {
  const isClean = output(root, 'git', 'status', '--porcelain').trim() === '';
  if (!isClean) throw new Error('commit first: what is released is a commit');
}

function setVersion(): void {
  if (!follows(version, current)) throw new Error(`${version} does not follow ${current}`);
  const today = new Date().toISOString().slice(0, 10);
  edit('CHANGELOG.md', text => releasedChangelog(text, version, today));
  for (const file of ['README.md', 'package.json', 'package-lock.json'])
    edit(file, text => withVersion(file, text));
}

function edit(file: string, change: (text: string) => string): void {
  const path = join(root, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** The package's own version stands first in its files, in the lock twice; the README names files. */
function withVersion(file: string, text: string): string {
  if (file === 'README.md')
    return text.replaceAll(`rem-secrets-${current}`, `rem-secrets-${version}`);
  const own = `"name": "rem-secrets",\n`;
  const next = text.replaceAll(
    new RegExp(`(${own}\\s*"version": )"${current.replaceAll('.', '\\.')}"`, 'g'),
    `$1"${version}"`,
  );
  if (next === text) throw new Error(`${file} has no version ${current}`);
  return next;
}

function writeRelease(): void {
  const level = Number(flags.level);
  const name = `rem-secrets-${version}`;
  packPackage(root, out);
  const program = `${name}-${platform}.tar.gz`;
  writeFileSync(join(out, program), gzipSync(programArchive(root, name), { level }));
  const kustomize = `${kustomizePackageName}-${version}.tgz`;
  writeFileSync(join(out, kustomize), gzipSync(kustomizePackage(root, version), { level }));
  const image = `${name}-${platform}.oci.tar`;
  writeFileSync(join(out, image), ociImage(root, version, level));
  writeFileSync(join(out, `${name}.cdx.json`), bill(root));
  const made = [`${name}.tgz`, program, kustomize, image, `${name}.cdx.json`].map(artifact);
  writeFileSync(join(out, 'SHA256SUMS'), checksums(made));
  writeFileSync(join(out, 'provenance.intoto.json'), provenance(root, version, made));
  const [tarball = '', archive = ''] = made.map(({ sha256: sum }) => sum);
  const given = { version, url: flags.url, package: `${name}.tgz`, program };
  for (const file of ['krew.yaml', 'rem-secrets.rb']) {
    const template = readFileSync(join(root, 'packaging', file), 'utf8').replace(/^#.*\n/, '');
    const sums = { 'package sha256': tarball, 'program sha256': archive };
    writeFileSync(join(out, file), filled(template, { ...given, ...sums }));
  }
  for (const { name: file, sha256: sum } of made) console.log(`${sum}  ${file}`);
}

function artifact(name: string): Artifact {
  return { name, sha256: sha256(readFileSync(join(out, name))) };
}

function tag(): void {
  if (version !== current)
    output(root, 'git', 'commit', '--quiet', '--all', '--message', `Version ${version}`);
  output(root, 'git', 'tag', '--annotate', `v${version}`, '--message', `Version ${version}`);
  console.log(`Now push: git push origin HEAD v${version}; and publish what is in ${flags.out}/`);
}
