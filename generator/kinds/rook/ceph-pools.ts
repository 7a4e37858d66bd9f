import type { DataFate } from '../data-fate.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';

/** What decides about the data of a kind once its object is deleted (docs/facts/operators.md#rook). */
interface Rule {
  /** Any of these fields keeps it. */
  readonly keeping: readonly string[];
  /** What it has to be empty of: Rook waits for that, and then deletes what else is there. */
  readonly empty: string;
}

const RULES: Readonly<Record<string, Rule>> = {
  CephBlockPool: { keeping: [], empty: 'image and no snapshot' },
  /** The second is the older name of the first. */
  CephFilesystem: {
    keeping: ['preserveFilesystemOnDelete', 'preservePoolsOnDelete'],
    empty: 'subvolume',
  },
  CephObjectStore: { keeping: ['preservePoolsOnDelete'], empty: 'bucket and no user' },
};

/** What volumes and buckets lie in. */
export const cephPools: readonly Kind[] = Object.entries(RULES).map(
  ([kind, rule]): Kind => ({
    group: 'ceph.rook.io',
    kind,
    isPrecious: true,
    dataFate: object => fateOf(object, rule),
    /** Tokens for mirrors, and certificates. */
    mayMakeToo: () => true,
  }),
);

function fateOf(object: PlacedObject, { keeping, empty }: Rule): DataFate {
  const field = keeping.find(name => specOf(object)[name] === true);
  if (field === undefined)
    return { fate: 'unknown', because: `Rook deletes it once it has no ${empty}` };
  return { fate: 'kept', because: `${field}: true`, path: ['spec', field] };
}
