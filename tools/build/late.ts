import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import type { Plugin } from 'esbuild';

/** What a bundle loads when something of it is first used. */
interface Late {
  /** From a folder of dist/ on, or a module of Node. */
  readonly id: string;
  /** What it exports. */
  readonly names: readonly string[];
}

/** Each command is loaded alone: the less there is of a script, the sooner it runs. */
export const COMMANDS: readonly string[] = readdirSync(
  new URL('../../generator/cli/commands/', import.meta.url),
).map(file => basename(file, '.ts'));

/** By what the sources import: half of all there is, of which a run needs one or two. */
const LATE: ReadonlyMap<string, Late> = new Map([
  ...COMMANDS.map((name): [string, Late] => [
    `#commands/${name}`,
    { id: `../commands/${name}.cjs`, names: [name === 'import' ? 'importAction' : name] },
  ]),
  ['#iam-files', { id: '../bundle/iam-files.cjs', names: ['iamFiles'] }],
  ['#inject-list', { id: '../bundle/inject-list.cjs', names: ['injectList'] }],
  ['#lint-list', { id: '../bundle/lint-list.cjs', names: ['lintList'] }],
  ['#runbooks', { id: '../bundle/runbooks.cjs', names: ['keptRunbooks', 'runbookFiles'] }],
  ['#served', { id: '../bundle/host/served.cjs', names: ['serve'] }],
  ['#terminal', { id: '../bundle/host/terminal.cjs', names: ['ask'] }],
  ['#go-regexp', { id: '../expressions/go-regexp.cjs', names: ['goRegexp'] }],
  ['#layout', { id: '../layout/layout.cjs', names: ['layoutChart'] }],
  ['#review/page', { id: '../review/page.cjs', names: ['page'] }],
  ['#graph/page', { id: '../graph/page.cjs', names: ['page'] }],
  ['#runbook/page', { id: '../runbook/page.cjs', names: ['page'] }],
  [
    '#validators/version-defaults',
    { id: '../validators/version-defaults.cjs', names: ['versionDefaults'] },
  ],
  ['#validators/pages', { id: '../validators/pages.cjs', names: ['pages'] }],
  ...['rem-secrets', 'rem-secrets-lint', 'rem-secrets-review', 'rem-secrets-injection'].map(
    (name): [string, Late] => [
      `#validators/${name}`,
      { id: `../validators/${name}.cjs`, names: ['validate'] },
    ],
  ),
  // What runs other programs, hashes or asks for the system: most runs do not, and it is a sixth of a start.
  ...['child_process', 'crypto', 'os'].map((id): [string, Late] => [
    `node:${id}`,
    { id, names: Object.keys(createRequire(import.meta.url)(id)) },
  ]),
]);

/** Puts getters in the place of each: a bundle reads an import where it uses it. */
export const late: Plugin = {
  name: 'late',
  setup({ onLoad, onResolve }) {
    const namespace = 'late';
    onResolve({ filter: /./, namespace }, ({ path }) => ({ path, external: true }));
    onResolve({ filter: /^#start$/ }, ({ path }) => ({ path, external: true }));
    onResolve({ filter: /^(#|node:)/ }, ({ path }) =>
      LATE.has(path) ? { path, namespace } : undefined,
    );
    onLoad({ filter: /./, namespace }, ({ path }) => ({ contents: getters(LATE.get(path)) }));
  },
};

function getters(late: Late | undefined): string {
  const getter = (name: string): string =>
    `get ${name}() { return require('${late?.id}').${name}; }`;
  return `module.exports = { ${late?.names.map(getter).join(', ')} };`;
}
