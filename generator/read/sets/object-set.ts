import type { ObjectName } from '../../ground/finding.ts';
import type { LostFolder, Unknown } from '../../kinds/deployment-ends.ts';
import type { PlacedObject } from '../../kinds/kind.ts';

/** Objects that are looked at together, as one cluster will have them. */
export interface ObjectSet {
  readonly objects: readonly PlacedObject[];
  /** Objects that are there too and are looked at elsewhere; the set's own go before them. */
  readonly context: readonly PlacedObject[];
  readonly outside: Outside;
  /** The folders of files that are applied as they are, by the numbers of the files. */
  readonly folders?: ReadonlyMap<number, string>;
  /** What has files applied, as `syncId` names it, by the numbers of the files. */
  readonly syncs?: ReadonlyMap<number, string>;
  /** What of files is known to be on one cluster, by their numbers; absent: all are. */
  readonly standings?: ReadonlyMap<number, Standing>;
}

/**
 * Whether a deployment object has a file's objects applied here, nobody has, or they may be on another
 * cluster: what stands otherwise than another need never meet it.
 */
export type Standing = 'applied' | 'loose' | 'elsewhere';

/** What exists outside the checked set, by declaration. */
export interface Outside {
  /** `namespace/name` or, in any namespace, `name` → its keys; undefined: not known. */
  readonly secrets: ReadonlyMap<string, readonly string[] | undefined>;
  /** `Kind/namespace/name`, or `Kind/name` for the cluster's own and in any namespace. */
  readonly objects: ReadonlySet<string>;
  /** What is in the stores, where somebody has listed it. */
  readonly inventory?: Inventory;
  /** What of another cluster makes a Secret, for somebody else than those who are there: as a reason. */
  readonly elsewhere?: (namespace: string, secret: string) => string | undefined;
  /** What was not read, or not made: nothing that it may have is known to be absent. */
  readonly unknowns?: readonly Unknown[];
  /** Folders that deployment objects name by mistake, it seems. */
  readonly lost?: readonly (LostFolder & { readonly object: PlacedObject })[];
}

/**
 * The entries of stores, by `ClusterSecretStore/name` and `SecretStore/namespace/name`: names as the
 * provider has them, `*` for any characters, with the properties of their JSON; `true`: not known.
 */
export type Inventory = Readonly<Record<string, StoreEntries>>;

/** All entries of one store. */
export type StoreEntries = Readonly<Record<string, true | readonly string[]>>;

/** Whether an object is declared to be there: one of its namespace, or of that name in any. */
export function isDeclared(
  { objects }: Outside,
  kind: string,
  { namespace, name }: Pick<ObjectName, 'namespace' | 'name'>,
): boolean {
  return objects.has(`${kind}/${name}`) || objects.has(`${kind}/${namespace}/${name}`);
}

export const nothingOutside: Outside = { secrets: new Map(), objects: new Set() };

/** Tells a deployment object from others: one of those that a set makes by its own name. */
export function syncId({ kind, namespace }: PlacedObject, name: string): string {
  return JSON.stringify([kind, namespace, name]);
}
