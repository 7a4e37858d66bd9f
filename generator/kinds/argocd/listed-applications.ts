import { type Json, listAt, mapAt, textAt } from '../../ground/json.ts';
import { type Item, specOf } from '../kind.ts';

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
  const names = elements.map(element => filledIn(name, element));
  return names.some(text => text.includes('{{')) ? undefined : new Set(names);
}

/** `{{team}}` or, as a Go template, `{{ .team }}`. */
function filledIn(template: string, element: Json): string {
  return template.replaceAll(/\{\{\s*\.?([\w-]+)\s*\}\}/g, (whole, field: string) => {
    const value = mapAt(element)[field];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : whole;
  });
}

/** Whether the controller deletes an Application that an ApplicationSet makes no more. */
export function isDeletingUnlisted(set: Item): boolean {
  const policy = textAt(specOf(set), 'syncPolicy', 'applicationsSync') ?? 'sync';
  return policy === 'sync' || policy === 'create-delete';
}
