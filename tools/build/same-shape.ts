import { readFile } from 'node:fs/promises';
import { type Plugin, transform } from 'esbuild';

/**
 * js-yaml makes the state of each parse by spreading its defaults. Node 20 gives every such object a
 * hidden class of its own, so code that was made fast for one document is thrown away at the next:
 * thousands of small files take a sixth longer. Copied field by field all have one.
 */
export const sameShape: Plugin = {
  name: 'same-shape',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/js-yaml\/dist\/js-yaml\.mjs$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const { code } = await transform(source, { supported: { 'object-rest-spread': false } });
      return { contents: code };
    });
  },
};
