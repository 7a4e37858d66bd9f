import type { DataFate } from '../data-fate.ts';
import { type Item, type Kind, specOf } from '../kind.ts';

/** The field that keeps the data of each once its object is deleted (docs/facts/operators.md#rook). */
const KEEPING: Readonly<Record<string, string | undefined>> = {
  CephFilesystem: 'preserveFilesystemOnDelete',
  CephObjectStore: 'preservePoolsOnDelete',
  CephBlockPool: undefined,
};

/** What volumes and buckets lie in. */
export const cephPools: readonly Kind[] = Object.entries(KEEPING).map(
  ([kind, keeping]): Kind => ({
    group: 'ceph.rook.io',
    kind,
    isPrecious: true,
    keepsData: () => true,
    dataFate: item => fateOf(item, keeping),
    /** Tokens for mirrors, and certificates. */
    mayMakeToo: () => true,
  }),
);

function fateOf(item: Item, keeping: string | undefined): DataFate {
  if (keeping === undefined) return { fate: 'deleted', because: 'Rook deletes the pool' };
  const isKept = specOf(item)[keeping] === true;
  const because = `${keeping}: ${isKept}`;
  return { fate: isKept ? 'kept' : 'deleted', because, path: ['spec', keeping] };
}
