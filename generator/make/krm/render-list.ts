import type { BuiltObject } from '../../ground/kube-object.ts';
import { editedList } from './list-edits.ts';
import { type Merge, mergeItems } from './merge-items.ts';
import { isGeneratorCall, type ResourceList } from './resource-list.ts';
import { type MergedResults, mergeResults, type OwnResults } from './results.ts';

/**
 * The ResourceList with our objects and results. For kustomize's generator it is JSON: cut short,
 * it cannot be read as less. kustomize throws its copy of functionConfig away again, which costs
 * it more than the rest of a small build, so that is left out. Anyone else's items are the input's own text, because reading and
 * writing would change its comments, numbers and order; ours come before them.
 */
export function renderList(
  text: string,
  list: ResourceList,
  built: readonly BuiltObject[],
  own: OwnResults,
): string {
  return renderMerge(text, list, mergeItems(list.items, built), own);
}

/** The same, where it is known what becomes of the items. */
export function renderMerge(
  text: string,
  list: ResourceList,
  merge: Merge,
  own: OwnResults,
): string {
  const results = mergeResults(list.results ?? [], own);
  if (isGeneratorCall(list)) return renderJson({ ...list, items: [] }, merge, results);
  return editedList(text, merge, results) ?? renderJson(list, merge, results);
}

/** The same in JSON; fields that we do not know go through. */
function renderJson(list: ResourceList, merge: Merge, { all }: MergedResults): string {
  const { apiVersion, kind, items: before, results: _, ...others } = list;
  const items = before.map((item, index) => merge.replaced.get(index) ?? item);
  return JSON.stringify({
    apiVersion,
    kind,
    items: [...merge.added, ...items],
    ...others,
    ...(all.length > 0 && { results: all }),
  });
}
