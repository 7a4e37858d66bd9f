import { isMap } from '../ground/json.ts';
import type { KubeObject } from '../ground/kube-object.ts';
import { parseStream } from '../ground/yaml/yaml-text.ts';
import type { Item } from '../kinds/kind.ts';

/** A file of values is no object; it stands where one would, for its lines. Undefined: it has none. */
export function valuesItem(text: string, name: string, file: number): Item | undefined {
  const { value: [values] = [] } = parseStream(text);
  if (!isMap(values)) return undefined;
  const object = values as unknown as KubeObject;
  const own = { group: '', kind: 'values', known: undefined, namespace: '' };
  return { object, ...own, name, file, path: [0] };
}
