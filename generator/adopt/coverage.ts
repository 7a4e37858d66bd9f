import type { JsonObject } from '../ground/json.ts';
import { asJson, identityOf } from '../ground/kube-object.ts';
import type { Item } from '../kinds/kind.ts';
import type { Adoption } from './adopt.ts';
import type { Draft, DraftEntry } from './draft.ts';
import type { Wanted } from './wanted.ts';

/** How an object is said: in short, in short with a patch, as it is, by hand, not at all. */
export type Rung = 'short' | 'patched' | 'verbatim' | 'manual' | 'lost';

export const RUNGS: readonly Rung[] = ['short', 'patched', 'verbatim', 'manual', 'lost'];

/** An object of an environment, and how the spec says it. */
export interface Covered {
  readonly item: Item;
  readonly rung: Rung;
  /** Its fields with a value, and how many of them stand in a patch. */
  readonly fields: number;
  readonly patchedFields: number;
  /** Why it is no shorter. */
  readonly reason?: string;
}

/** Every object of an environment, or of the cluster that several share: their drafts say it. */
export function coverageOf(
  { name, items }: Wanted,
  { drafts, clusterOf }: Pick<Adoption, 'clusterOf' | 'drafts'>,
): Covered[] {
  const own = drafts.filter(({ wanted }) =>
    [wanted.name, clusterOf.get(wanted.name)].includes(name),
  );
  const all = own.flatMap(inDraft).reverse();
  const byIdentity = new Map(all.map(covered => [identityOf(covered.item.object), covered]));
  return items.flatMap(({ object }) => byIdentity.get(identityOf(object)) ?? []);
}

/** An object that a section makes as a whole. */
export function coveredShort(item: Item): Covered {
  return covered(item, 'short');
}

/** Every object of a draft. */
function inDraft({ wanted, entries, handMade, lost }: Draft): Covered[] {
  const byItem = new Map<Item, Covered>();
  for (const entry of entries)
    for (const item of entry.covers) byItem.set(item, coveredBy(entry, item));
  for (const item of handMade) byItem.set(item, covered(item, 'manual'));
  for (const { item, reason } of lost) byItem.set(item, { ...covered(item, 'lost'), reason });
  // The Namespace of the environment is in no entry.
  return wanted.items.map(item => byItem.get(item) ?? covered(item, 'short'));
}

function coveredBy({ section, entry, reason }: DraftEntry, item: Item): Covered {
  if (section === 'resources')
    return { ...covered(item, 'verbatim'), ...(reason !== undefined && { reason }) };
  const patches = entry['patch'];
  const patch = patches === undefined ? undefined : (patches as JsonObject)[item.kind];
  if (patch === undefined) return covered(item, 'short');
  return { ...covered(item, 'patched'), patchedFields: leaves(patch) };
}

function covered(item: Item, rung: Rung): Covered {
  return { item, rung, fields: leaves(asJson(item.object)), patchedFields: 0 };
}

/** How many values a value holds that hold no others. */
function leaves(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, child) => sum + leaves(child), 0);
}
