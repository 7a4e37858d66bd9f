import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** A constant of a module that is no function, as the formatter writes it: up to a `;` before a line that begins a statement. */
const CONSTANT =
  /^((?:export )?const \w+(?:: .+?)? =)\s+(?=\S)(?!\(|async |\w+ =>)(.+?);(?=(?: \/\/[^\n]*)?\n+(?![ })\]\n]))/gms;

/**
 * Says of the constants of modules that nobody sees how they are made: esbuild then leaves out those that are not used,
 * and what only they need. Without it the command line would load and make all kinds before it loads a command.
 */
export const pure: Plugin = {
  name: 'pure',
  setup({ onLoad }) {
    onLoad({ filter: /\/generator\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = text.replaceAll(CONSTANT, '$1 /* @__PURE__ */ (() => ($2))();');
      return { contents, loader: 'ts' };
    });
  },
};
