import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { type Item, specOf } from '../kind.ts';
import { textWith } from './application-sets/fill-in.ts';

/**
 * The names of the Applications that an ApplicationSet makes of the elements it lists; undefined
 * where its template does more than to fill them in (argo-cd 3.5,
 * docs/operator-manual/applicationset/Generators-List.md). Those of other generators are not in the
 * manifest.
 */
export function listedApplications(set: Item): Set<string> | undefined {
  const name = textAt(specOf(set), 'template', 'metadata', 'name') ?? '';
  const elements = listAt(specOf(set), 'generators').flatMap(generator =>
    listAt(generator, 'list', 'elements'),
  );
  const notation = specOf(set)['goTemplate'] === true ? 'go' : 'old';
  const names = elements.map(element =>
    textWith(name, { values: mapAt(element), isOpen: false }, notation),
  );
  return names.some(text => text.includes('{{')) ? undefined : new Set(names);
}

/** Whether the controller deletes an Application that an ApplicationSet makes no more. */
export function isDeletingUnlisted(set: Item): boolean {
  const policy = textAt(specOf(set), 'syncPolicy', 'applicationsSync') ?? 'sync';
  return policy === 'sync' || policy === 'create-delete';
}
