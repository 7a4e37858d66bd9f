import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { output } from './parts.ts';
import type { Entry } from './tar.ts';

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
