import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { output, platform } from './parts.ts';
import { type Entry, tarOf } from './tar.ts';

const BUILDER = '.tools/kustomize-builder';

/** A module of Go, at its version. */
interface Module {
  readonly name: string;
  readonly version: string;
}

/** The modules that kustomize is built of, as it says itself. */
export function kustomizeModules(root: string): Module[] {
  const said = output(root, 'go', 'version', '-m', BUILDER);
  return [...said.matchAll(/^\tdep\t(\S+)\t(\S+)/gm)].map(([, name = '', version = '']) => ({
    name,
    version,
  }));
}

/**
 * kustomize, where the program looks for it first, as `make tools` built it: tools/kustomize-builder is kustomize too,
 * by its arguments. With it are the licences of all that it is built of.
 */
export function kustomizeEntries(root: string, below: string): Entry[] {
  const tools = `${below}/.tools`;
  return [
    {
      path: `${tools}/kustomize-builder`,
      bytes: readFileSync(join(root, BUILDER)),
      isExecutable: true,
    },
    { path: `${tools}/kustomize`, link: 'kustomize-builder' },
    { path: `${tools}/kustomize.LICENSES`, bytes: Buffer.from(licences(root)) },
  ];
}

/** The name of its npm package, which `world/programs.ts` finds beside that of rem-secrets. */
export const kustomizePackageName: string = `rem-secrets-kustomize-${platform}`;

/**
 * kustomize for npm, as a tar in npm's form, to be installed beside the package. The package does not name it: npm would
 * then fetch it from wherever somebody has published that name.
 */
export function kustomizePackage(root: string, version: string): Buffer {
  const manifest = {
    name: kustomizePackageName,
    version,
    description: 'kustomize-builder, with which rem-secrets builds faster',
    license: 'Apache-2.0',
    os: [process.platform],
    cpu: [process.arch],
  };
  const file = (name: string, text: string): Entry => {
    return { path: `package/${name}`, bytes: Buffer.from(text) };
  };
  const bytes = readFileSync(join(root, BUILDER));
  return tarOf([
    file('package.json', `${JSON.stringify(manifest, undefined, 2)}\n`),
    file('LICENSES', licences(root)),
    { path: 'package/kustomize-builder', bytes, isExecutable: true },
  ]);
}

function licences(root: string): string {
  const [goRoot = '', cache = ''] = output(root, 'go', 'env', 'GOROOT', 'GOMODCACHE').split('\n');
  const modules = kustomizeModules(root).map(({ name, version }) => {
    // The cache has no capitals (https://go.dev/ref/mod#module-cache).
    const folder = `${name}@${version}`.replaceAll(/[A-Z]/g, letter => `!${letter.toLowerCase()}`);
    return [`${name} ${version}`, join(cache, folder)] as const;
  });
  return [['Go', goRoot] as const, ...modules]
    .map(([name, folder]) => `${name}\n\n${licenceIn(folder)}\n`)
    .join(`\n${'='.repeat(80)}\n\n`);
}

function licenceIn(folder: string): string {
  const names = readdirSync(folder).filter(name => /^(licen[cs]e|copying|notice)/i.test(name));
  if (names.length === 0) throw new Error(`there is no licence in ${folder}`);
  return names
    .sort()
    .map(name => readFileSync(join(folder, name), 'utf8').trim())
    .join('\n\n');
}
