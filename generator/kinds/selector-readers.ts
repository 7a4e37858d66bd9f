import { type Kind, specOf } from './kind.ts';
import { selectorReads } from './secret-refs.ts';

/** Kinds of a group, with blanks between, that make no Secret and read some by name and key. */
export function selectorReaders(group: string, kinds: string): Kind[] {
  return kinds.split(' ').map(kind => ({
    group,
    kind,
    reads: item => selectorReads(specOf(item), ['spec']),
  }));
}
