import { createHash } from 'node:crypto';
import { isMap, type Json, type JsonObject, mapValues, stableText } from '../../core/json.ts';
import { asJson, groupOf, type KubeObject, nameOf } from '../../core/kube-object.ts';
import { kindOf } from '../kinds.ts';
import { configMap } from './secret.ts';

/* kustomize writes the hash of a ConfigMap into its name, also in pods (docs/facts/kustomize.md#hashes). */

/** Whether kustomize writes the names of ConfigMaps with their hashes into an object: pods of Kubernetes' own kinds. */
export function isRenamedIn(object: KubeObject): boolean {
  const group = groupOf(object);
  return ['', 'apps', 'batch'].includes(group) && kindOf(group, object.kind)?.pods !== undefined;
}

/** An object with other names in the fields that name a ConfigMap: `configMap`, `configMapRef`, `configMapRefs`. */
export function withConfigMapNames<T extends Json>(value: T, rename: (name: string) => string): T {
  return changed(value, '', rename) as T;
}

function changed(value: Json, field: string, rename: (name: string) => string): Json {
  if (Array.isArray(value)) return value.map(item => changed(item, field, rename));
  if (!isMap(value)) return value;
  return mapValues(value, (child, name) =>
    name === 'name' && typeof child === 'string' && /configMap/i.test(field)
      ? rename(child)
      : changed(child, name, rename),
  );
}

function contentHash(object: JsonObject): string {
  const { data = '', binaryData } = object;
  const files = { data, ...(isMap(binaryData) && { binaryData }) };
  const json = stableText({ kind: configMap.kind, name: '', ...files }).replace(
    /[<>&\u2028\u2029]/g,
    sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const hash = createHash('sha256').update(json).digest('hex').slice(0, 10);
  return [...hash].map(digit => SPOKEN[digit] ?? digit).join('');
}

/** Digits that could make a word are others in a name. */
const SPOKEN: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

/** Takes hashes out of the names of ConfigMaps: where the hash is that of the contents, and only pods have the name. */
export function withoutHashes(objects: readonly KubeObject[]): {
  readonly objects: readonly KubeObject[];
  readonly hashed: ReadonlySet<string>;
} {
  const names = new Set(objects.filter(isConfigMap).map(nameOf));
  const plain = new Map<string, string>();
  for (const object of objects) {
    const name = nameOf(object);
    const bare = name.replace(/-[bcdfghkmt2456789]{10}$/, '');
    const isHashed = isConfigMap(object) && name === `${bare}-${contentHash(asJson(object))}`;
    if (isHashed && !names.has(bare) && ![...plain.values()].includes(bare)) plain.set(name, bare);
  }
  for (const object of plain.size === 0 ? [] : objects)
    if (!isRenamedIn(object))
      withConfigMapNames(asJson(object), name => {
        plain.delete(name);
        return name;
      });
  if (plain.size === 0) return { objects, hashed: new Set() };
  const rename = (name: string): string => plain.get(name) ?? name;
  return {
    objects: objects.map(object => renamed(object, rename)),
    hashed: new Set(plain.values()),
  };
}

function isConfigMap(object: KubeObject): boolean {
  return object.kind === configMap.kind && groupOf(object) === '';
}

function renamed(object: KubeObject, rename: (name: string) => string): KubeObject {
  if (isConfigMap(object))
    return { ...object, metadata: { ...object.metadata, name: rename(nameOf(object)) } };
  if (!isRenamedIn(object)) return object;
  return withConfigMapNames(asJson(object), rename) as unknown as KubeObject;
}
