import { join } from 'node:path';
import type { expander as Expander } from './expander.ts';
import { loadScript } from './load-script.ts';

/** Stands for `expander.ts` in the bundle of the program, which has it as a script beside it. */
export const expander: typeof Expander = {
  environments: (...args) => load().environments(...args),
  expandTree: (...args) => load().expandTree(...args),
  graph: (...args) => load().graph(...args),
  render: (...args) => load().render(...args),
  validate: (...args) => load().validate(...args),
};

function load(): typeof Expander {
  const script = loadScript(join(import.meta.dirname, 'expander.cjs'));
  return (script as { readonly expander: typeof Expander }).expander;
}
