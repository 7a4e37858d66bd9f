import type { Plugin } from 'esbuild';

/** A script that the bundles load when it is first used. */
interface LateScript {
  /** From dist/ on. */
  readonly script: string;
  /** What of it the sources import; without one it is the script itself. */
  readonly name?: string;
  /** A run that uses it may be long: V8 is told so before. */
  readonly isLong?: boolean;
}

/** By what the sources import: half of all there is, of which a run needs one or two. */
const LATE_SCRIPTS: ReadonlyMap<string, LateScript> = new Map([
  ['#linter', { script: 'bundle/linter.cjs', name: 'linter', isLong: true }],
  ['#expander', { script: 'bundle/expander.cjs', name: 'expander' }],
  ['#layout', { script: 'layout/layout.cjs', name: 'layoutChart' }],
  ...['pages', 'rem-secrets', 'rem-secrets-lint', 'rem-secrets-review'].map(
    (name): [string, LateScript] => [`#validators/${name}`, { script: `validators/${name}.cjs` }],
  ),
  ['#review/page', { script: 'review/page.cjs' }],
]);

/** Puts a `lateScript` in the place of each. */
export const lateScripts: Plugin = {
  name: 'late-scripts',
  setup({ initialOptions, onLoad, onResolve }) {
    const namespace = 'late-script';
    onResolve({ filter: /^#/ }, ({ path }) =>
      LATE_SCRIPTS.has(path) ? { path, namespace } : undefined,
    );
    onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: standIn(LATE_SCRIPTS.get(path) ?? { script: path }),
      resolveDir: initialOptions.absWorkingDir ?? '.',
    }));
  },
};

function standIn({ script, name, isLong }: LateScript): string {
  const given = [`dist/${script}`, name].map(text => JSON.stringify(text) ?? 'undefined');
  const late = `lateScript(${[...given, ...(isLong ? ['tuneForLongRun'] : [])].join(', ')})`;
  return [
    "import { lateScript } from './generator/cli/late-script.ts';",
    ...(isLong ? ["import { tuneForLongRun } from './generator/cli/tune.ts';"] : []),
    name === undefined ? `export default ${late};` : `export const ${name} = ${late};`,
  ].join('\n');
}
