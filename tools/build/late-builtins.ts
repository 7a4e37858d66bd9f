import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

/** What runs other programs and what hashes: most runs do neither, and together they are a sixth of a start. */
const LATE = /^node:(child_process|crypto)$/;

/** Modules of Node that the bundles load when something of them is first used. */
export const lateBuiltins: Plugin = {
  name: 'late-builtins',
  setup({ onLoad, onResolve }) {
    const namespace = 'late-builtin';
    onResolve({ filter: LATE }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /./, namespace }, ({ path }) => ({ contents: getters(path) }));
  },
};

/** The name without `node:` is not resolved to this again. */
function getters(path: string): string {
  const names = Object.keys(createRequire(import.meta.url)(path) as object);
  const load = `require('${path.replace('node:', '')}')`;
  return `module.exports = { ${names.map(name => `get ${name}() { return ${load}.${name}; }`).join(', ')} };`;
}
