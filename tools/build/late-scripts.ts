import type { Plugin } from 'esbuild';

/** A script that the bundles load when it is first used. */
interface LateScript {
  /** From dist/ on. */
  readonly script: string;
  /** What of it the sources import; without one it is the script itself. */
  readonly name?: string;
}

/** By what the sources import: half of all there is, of which a run needs one or two. */
const LATE_SCRIPTS: ReadonlyMap<string, LateScript> = new Map([
  ['#linter', { script: 'bundle/linter.cjs', name: 'linter' }],
  ['#operator', { script: 'bundle/operator.cjs', name: 'operator' }],
  ['#expander', { script: 'bundle/expander.cjs', name: 'expander' }],
  ['#go-regexp', { script: 'expressions/go-regexp.cjs', name: 'goRegexp' }],
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
    onResolve({ filter: /^#/ }, ({ path }) => {
      const pluginData = LATE_SCRIPTS.get(path);
      return pluginData === undefined ? undefined : { path, namespace, pluginData };
    });
    onLoad({ filter: /./, namespace }, ({ pluginData }) => ({
      contents: standIn(pluginData),
      resolveDir: initialOptions.absWorkingDir ?? '.',
    }));
  },
};

function standIn({ script, name }: LateScript): string {
  const late = `lateScript(${JSON.stringify(`dist/${script}`)}, ${JSON.stringify(name)})`;
  const exported = name === undefined ? 'export default' : `export const ${name} =`;
  return `import { lateScript } from './generator/start/late-script.ts';\n${exported} ${late};\n`;
}
