import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Plugin } from 'esbuild';

const generator = new URL('../../generator/', import.meta.url);

/** Each command is loaded alone: the less there is of a script, the sooner it runs. */
export const COMMANDS: readonly string[] = [
  ...readFileSync(new URL('main.ts', generator), 'utf8').matchAll(/ from '#commands\/(.+)';/g),
].map(([, name = '']) => name);

/** The file of a door, as package.json has it, from the root of the repository. */
export function fileOf(door: string): string {
  const { imports } = JSON.parse(readFileSync(new URL('../package.json', generator), 'utf8'));
  const file: string = imports[door] ?? imports[door.replace(/[^/]+$/, '*')];
  return file.replace('*', basename(door));
}

/**
 * What a bundle loads when something of it is first used, most of all there is: from a folder of dist/
 * on, or a module of Node, by what the sources import.
 */
const LATE: ReadonlyMap<string, string> = new Map([
  ...COMMANDS.map(name => [`#commands/${name}`, `../commands/${name}.cjs`] as const),
  ...['expanded', 'iam-files', 'lint-list', 'runbooks', 'served', 'terminal'].map(
    name => [`#${name}`, `../bundle/${name}.cjs`] as const,
  ),
  ['#go-regexp', '../expressions/go-regexp.cjs'],
  ['#layout', '../layout/layout.cjs'],
  ...[
    'review/page',
    'graph/page',
    'runbook/page',
    'validators/version-defaults',
    'validators/pages',
    'validators/rem-secrets',
    'validators/rem-secrets-lint',
    'validators/rem-secrets-baseline',
    'validators/rem-secrets-review',
    'validators/rem-secrets-injection',
  ].map(path => [`#${path}`, `../${path}.cjs`] as const),
  // What runs other programs, hashes or asks for the system: most runs do not, and it is a sixth of a start.
  ...['child_process', 'crypto', 'os'].map(name => [`node:${name}`, name] as const),
]);

/** A script of CommonJS can require what Node has, without a module that makes it so: that would take 2 % of a short run. */
const OWN_REQUIRE = 'module.exports = { createRequire: () => require };';

/** Puts getters in the place of each: a bundle reads an import where it uses it. */
export const late: Plugin = {
  name: 'late',
  setup({ onLoad, onResolve }) {
    const namespace = 'late';
    onResolve({ filter: /./, namespace }, ({ path }) => ({ path, external: true }));
    onResolve({ filter: /^#start$/ }, ({ path }) => ({ path, external: true }));
    onResolve({ filter: /^node:module$/ }, ({ path }) => ({ path, namespace }));
    onResolve({ filter: /^(#|node:)/ }, ({ path }) =>
      LATE.has(path) ? { path, namespace } : undefined,
    );
    onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: path === 'node:module' ? OWN_REQUIRE : getters(path),
    }));
  },
};

/** Of what the sources import: a getter is made in every run, and a module of Node has a hundred names. */
function getters(path: string): string {
  const getter = (name: string): string =>
    `get ${name}() { return require('${LATE.get(path)}').${name}; }`;
  return `module.exports = { ${importedFrom(path).map(getter).join(', ')} };`;
}

const sources = readdirSync(generator, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => readFileSync(new URL(file, generator), 'utf8'));

function importedFrom(path: string): string[] {
  const imports = sources.flatMap(text => [
    ...text.matchAll(/^import \{([^}]+)\} from '(.+)';$/gm),
  ]);
  const names = imports.flatMap(([, list = '', from]) => (from === path ? list.split(',') : []));
  const values = names.map(name => name.trim()).filter(name => /^(?!type )./.test(name));
  return [...new Set(values.map(name => name.replace(/ as .*/, '')))].sort();
}
