import type { Path } from '../../ground/finding.ts';
import { isMap, type Json, type JsonObject, listAt, textAt } from '../../ground/json.ts';
import { configMap } from '../core/config-map.ts';
import { coreSecret } from '../core/secret.ts';
import { UNKNOWN_VALUE } from '../helm/release.ts';
import { type Layer, parsedValues, valuesAt } from '../helm/values.ts';
import { type Find, type PlacedObject, specOf } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { readOf } from '../secret-refs.ts';

/** The key of a ConfigMap or Secret that has the values, unless another is given. */
const VALUES_KEY = 'values.yaml';

/** The Secrets that a HelmRelease takes values from; optional is that they exist, not their key. */
export function valuesReads(release: PlacedObject): Read[] {
  return listAt(specOf(release), 'valuesFrom').flatMap((entry, index) => {
    if (!isMap(entry) || entry['kind'] !== coreSecret.kind) return [];
    const path = ['spec', 'valuesFrom', index];
    const { name, valuesKey, optional } = entry;
    return readOf({
      name,
      path: [...path, 'name'],
      key: valuesKey ?? VALUES_KEY,
      keyPath: valuesKey === undefined ? path : [...path, 'valuesKey'],
      isOptional: optional === true,
      how: 'ref',
    }).map(read => ({ ...read, isGiven: true as const }));
  });
}

/** The values that a HelmRelease takes from other objects, in their order; undefined: not known. */
export function valuesLayers(release: PlacedObject, find: Find): (Layer | undefined)[] {
  return listAt(specOf(release), 'valuesFrom').map((entry, index) => {
    const target = textAt(entry, 'targetPath');
    if (textAt(entry, 'kind') === configMap.kind)
      return configMapLayer(release, entry, target, find);
    return target === undefined ? undefined : unknownAt(release, index, target);
  });
}

function configMapLayer(
  { namespace }: PlacedObject,
  entry: Json,
  target: string | undefined,
  find: Find,
): Layer | undefined {
  const key = textAt(entry, 'valuesKey') ?? VALUES_KEY;
  const object = find(configMap, namespace, textAt(entry, 'name') ?? '');
  const text = textAt(object?.json, 'data', key);
  if (object === undefined || text === undefined) return undefined;
  const values = target === undefined ? parsedValues(text) : valuesAt(target, scalarIn(text));
  const lines = (path: Path): Path => (target === undefined ? path : []);
  return values && { values, placeOf: path => ({ object, path: ['data', key, ...lines(path)] }) };
}

/** A Secret gives a value that nobody here knows. */
function unknownAt(release: PlacedObject, index: number, target: string): Layer {
  const values: JsonObject = valuesAt(target, UNKNOWN_VALUE);
  return { values, placeOf: () => ({ object: release, path: ['spec', 'valuesFrom', index] }) };
}

/** Helm takes a lone value for a number or a boolean where it looks like one. */
function scalarIn(text: string): Json {
  const known: Readonly<Record<string, Json>> = { true: true, false: false, null: null };
  return known[text] ?? (/^\d{1,15}$/.test(text) ? Number(text) : text);
}
