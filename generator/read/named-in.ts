import type { Unknown } from '../kinds/deployment-ends.ts';

/**
 * A file that seems to have manifests and is not read as objects: what its text names, it may make.
 * Undefined: it is none.
 */
export function namedIn(what: string, text: string): Unknown | undefined {
  if (!/^\s{0,40}-?\s{0,9}kind:/m.test(text)) return undefined;
  const words = new Set(text.match(/[a-z0-9][a-z0-9.-]*/g));
  return { what, isOfNames: true, mayMake: name => words.has(name) };
}
