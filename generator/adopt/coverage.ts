import type { JsonObject } from '../ground/json.ts';
import { asJson, identityOf } from '../ground/kube-object.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { Adoption } from './adopt.ts';
import type { Draft, DraftEntry } from './draft.ts';
import type { Wanted } from './wanted.ts';

/** How an object is said: in short, in short with a patch, as it is, by hand, not at all. */
export type Rung = 'short' | 'patched' | 'verbatim' | 'manual' | 'lost';

export const RUNGS: readonly Rung[] = ['short', 'patched', 'verbatim', 'manual', 'lost'];

/** An object of an environment, and how the spec says it. */
export interface Covered {
  readonly object: PlacedObject;
  readonly rung: Rung;
  /** Its fields with a value, and how many of them stand in a patch. */
  readonly fields: number;
  readonly patchedFields: number;
  /** Why it is no shorter. */
  readonly reason?: string;
}

/** Every object of an environment, or of the cluster that several share: their drafts say it. */
export function coverageOf(
  { name, objects }: Wanted,
  { drafts, clusterOf }: Pick<Adoption, 'clusterOf' | 'drafts'>,
): Covered[] {
  const own = drafts.filter(({ wanted }) =>
    [wanted.name, clusterOf.get(wanted.name)].includes(name),
  );
  const all = own.flatMap(inDraft).reverse();
  const byIdentity = new Map(all.map(covered => [identityOf(covered.object.json), covered]));
  return objects.flatMap(({ json }) => byIdentity.get(identityOf(json)) ?? []);
}

/** An object that a section makes as a whole. */
export function coveredShort(object: PlacedObject): Covered {
  return covered(object, 'short');
}

/** Every object of a draft. */
function inDraft({ wanted, entries, handMade, lost }: Draft): Covered[] {
  const byObject = new Map<PlacedObject, Covered>();
  for (const entry of entries)
    for (const object of entry.covers) byObject.set(object, coveredBy(entry, object));
  for (const object of handMade) byObject.set(object, covered(object, 'manual'));
  for (const { object, reason } of lost)
    byObject.set(object, { ...covered(object, 'lost'), reason });
  // The Namespace of the environment is in no entry.
  return wanted.objects.map(object => byObject.get(object) ?? covered(object, 'short'));
}

function coveredBy({ section, entry, reason }: DraftEntry, object: PlacedObject): Covered {
  if (section === 'resources')
    return { ...covered(object, 'verbatim'), ...(reason !== undefined && { reason }) };
  const patches = entry['patch'];
  const patch = patches === undefined ? undefined : (patches as JsonObject)[object.kind];
  if (patch === undefined) return covered(object, 'short');
  return { ...covered(object, 'patched'), patchedFields: leaves(patch) };
}

function covered(object: PlacedObject, rung: Rung): Covered {
  return { object, rung, fields: leaves(asJson(object.json)), patchedFields: 0 };
}

/** How many values a value holds that hold no others. */
function leaves(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, child) => sum + leaves(child), 0);
}
