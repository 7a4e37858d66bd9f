import { type Kind, specOf } from './kind.ts';
import { referenceReads } from './secret-refs.ts';

/** Kinds of a group, with blanks between, that make no Secret and read those that their specs refer to. */
export function referenceReaders(group: string, kinds: string, more: Partial<Kind> = {}): Kind[] {
  return kinds.split(' ').map(kind => ({
    ...more,
    group,
    kind,
    reads: object => referenceReads(specOf(object), ['spec']),
  }));
}
