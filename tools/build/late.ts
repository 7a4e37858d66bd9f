import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

/** What a bundle loads when something of it is first used. */
interface Late {
  /** From a folder of dist/ on, or a module of Node. */
  readonly id: string;
  /** What it exports. */
  readonly names: readonly string[];
}

/** By what the sources import: half of all there is, of which a run needs one or two. */
const LATE: ReadonlyMap<string, Late> = new Map([
  ['#linter', { id: '../bundle/linter.cjs', names: ['linter'] }],
  ['#importer', { id: '../bundle/importer.cjs', names: ['importer'] }],
  ['#injector', { id: '../bundle/injector.cjs', names: ['injector'] }],
  ['#operator', { id: '../bundle/operator.cjs', names: ['operator'] }],
  ['#keeper', { id: '../bundle/keeper.cjs', names: ['keeper'] }],
  ['#served', { id: '../bundle/host/served.cjs', names: ['serve'] }],
  ['#terminal', { id: '../bundle/host/terminal.cjs', names: ['ask'] }],
  ['#expander', { id: '../bundle/expander.cjs', names: ['expander'] }],
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
