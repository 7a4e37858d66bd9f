import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** The state of a parse and of what is made of it: defaults and options, then fields of its own. */
const STATE = /const state = \{\s+(\.\.\.DEFAULT_\w+,\s+\.\.\.options),\s+([^;]+?)\s+\};/g;

/**
 * js-yaml spreads its defaults into the state of each parse and adds fields. Node 20 gives every such
 * object a hidden class of its own, so code that was made fast for one document is thrown away at the
 * next: thousands of small files take a fifth longer. With its fields first all have one.
 */
export const sameShape: Plugin = {
  name: 'same-shape',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/js-yaml\/dist\/js-yaml\.mjs$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const states = source.match(STATE)?.length ?? 0;
      if (states !== 2) throw new Error(`js-yaml has ${states} states, not 2: see same-shape.ts`);
      return { contents: source.replace(STATE, 'const state = { $2, $1 };') };
    });
  },
};
