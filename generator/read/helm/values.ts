import { isMap } from '../../ground/json.ts';
import { textsIn } from '../../ground/json-walk.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import type { Unknown } from '../../kinds/deployment-ends.ts';
import type { LocalRelease, PlacedObject } from '../../kinds/kind.ts';

/** A file of values is no object; it stands where one would, for its lines. Undefined: it has none. */
export function valuesObject(text: string, name: string, file: number): PlacedObject | undefined {
  const { value: [values] = [] } = parseStream(text);
  if (!isMap(values)) return undefined;
  const object = values as unknown as KubeObject;
  const own = { group: '', kind: 'values', known: undefined, namespace: '' };
  return { json: object, ...own, name, file, path: [0] };
}

/**
 * What a chart may make besides, of which a value is filled in later: a template may ask for it, and make
 * something else. `name`: of the chart.
 */
export function openValues({ values, namespace }: LocalRelease, name: string): Unknown[] {
  if (!textsIn(values, []).some(({ text }) => isUnresolved(text))) return [];
  return [{ what: `the Helm chart "${name}" (of which a value is not known)`, namespace }];
}
