import { objectIdentity } from '../../graph/graph-of.ts';
import { matchesGlob } from '../../ground/glob.ts';
import { isSame, valueAt } from '../../ground/json.ts';
import { oncePer } from '../../ground/once-per.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { applicationSet } from '../../kinds/argocd/application-set.ts';
import {
  type MadeApplication,
  madeApplications,
} from '../../kinds/argocd/application-sets/made-applications.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Comparison } from './comparison.ts';

/** An Application that an ApplicationSet made on base and makes no more. */
export interface Unmade {
  readonly made: MadeApplication;
  /** The ApplicationSet as it is on head. */
  readonly set: PlacedObject;
}

/**
 * The Applications that are made no more by ApplicationSets which are on both sides, by their objects:
 * a folder or a file is gone that was chosen, an element is not listed any more, or they have other
 * names. Where head's names are not all known, those that may be among them are not told.
 */
export const unmadeApplications: (comparison: Comparison) => ReadonlyMap<PlacedObject, Unmade> =
  oncePer(({ base, head }) => {
    const still = new Map(head.byKind(applicationSet).map(set => [objectIdentity(set), set]));
    const found = base.byKind(applicationSet).flatMap(before => {
      const set = still.get(objectIdentity(before));
      return set === undefined ? [] : unmadeOf(before, set).map(made => ({ made, set }));
    });
    return new Map(found.map(unmade => [unmade.made.object, unmade]));
  });

function unmadeOf(before: PlacedObject, after: PlacedObject): MadeApplication[] {
  const [old, now] = [madeApplications(before), madeApplications(after)];
  if (old.isCutOff || now.isCutOff) return [];
  const isChosen = (made: MadeApplication): boolean =>
    !made.isOfNothing || !hasChosen(made, after, old.applications);
  const names = now.applications.filter(isChosen).map(({ object }) => object.name);
  const isSameName = NAMED.every(path =>
    isSame(valueAt(before.json, path), valueAt(after.json, path)),
  );
  return old.applications.filter(
    ({ object, isOfNothing }) =>
      !isOfNothing &&
      (isSameName || !isUnresolved(object.name)) &&
      !names.some(name => isMaybe(name, object.name)),
  );
}

/** What decides about names that are not known in full. */
const NAMED = [
  ['spec', 'goTemplate'],
  ['spec', 'template', 'metadata', 'name'],
] as const;

/** Whether a generator that chooses nothing now is one that chose something: then that is gone. */
function hasChosen(
  { generatorAt }: MadeApplication,
  after: PlacedObject,
  before: readonly MadeApplication[],
): boolean {
  const generator = valueAt(after.json, generatorAt);
  return before.some(
    ({ isOfNothing, object, generatorAt: at }) =>
      !isOfNothing && isSame(valueAt(object.written?.by.json, at), generator),
  );
}

/** Whether a name, which may hold templates, is or may be another. */
function isMaybe(name: string, other: string): boolean {
  return name === other || matchesGlob(name.replaceAll(/\{\{[^{}]{0,300}\}\}/g, '*'), other);
}
