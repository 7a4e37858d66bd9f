import { annotationOf, type PlacedObject } from '../kind.ts';

/** How Argo CD treats an object. */
export const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';

/** Options that say whether Argo CD may delete something, and whether it has to ask. */
export type SyncOption = 'Prune' | 'Delete';

/** The options in the text of that annotation. */
export function syncOptionsIn(text: string | undefined): string[] {
  const options = (text ?? '').split(',').map(option => option.trim());
  return options.filter(option => option !== '');
}

/** The sync options of an object's own. */
export function syncOptionsOf(object: PlacedObject): string[] {
  return syncOptionsIn(annotationOf(object, SYNC_OPTIONS));
}

/** What those say of one. */
export function ownOption(object: PlacedObject, name: SyncOption): string | undefined {
  return optionIn(syncOptionsOf(object), name);
}

/** What a list of options says of one: the first that is given counts. */
export function optionIn(options: readonly unknown[], name: SyncOption): string | undefined {
  const found = options.find(option => typeof option === 'string' && option.startsWith(`${name}=`));
  return found === undefined ? undefined : String(found).slice(name.length + 1);
}

/** Whether an object stays when Git no longer has it, whatever its Application does. */
export function isGuarded(object: PlacedObject): boolean {
  return ownOption(object, 'Prune') === 'false';
}
