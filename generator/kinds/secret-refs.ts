import type { Path } from '../core/finding.ts';
import { isMap, type Json, listAt, mapAt, mapsIn, textAt } from '../core/json.ts';
import { type How, type Kind, kindsOf, type PlacedObject, type Read, specOf } from './kind.ts';

export const CERTIFICATE_KEYS: readonly string[] = ['tls.crt', 'tls.key'];

interface Field {
  readonly name: unknown;
  readonly path: Path;
  readonly how: How;
  readonly namespace?: string | undefined;
  readonly key?: unknown;
  readonly keyPath?: Path;
  readonly isOptional?: boolean;
  readonly needs?: readonly string[] | undefined;
}

/** The read of a field; none if it holds no name, which the schema reports. */
export function readOf(field: Field): Read[] {
  const { name, path, how, key, keyPath, isOptional = false, namespace, needs } = field;
  if (typeof name !== 'string' || name === '') return [];
  const keyName = typeof key === 'string' ? key : undefined;
  return [{ secret: name, path, how, isOptional, namespace, key: keyName, keyPath, needs }];
}

/** The read of a reference `{ name, key }`, as most APIs have it. */
export function refRead(
  ref: Json | undefined,
  field: Pick<Field, 'path' | 'how' | 'namespace' | 'needs'>,
): Read[] {
  if (!isMap(ref)) return [];
  const { path } = field;
  return readOf({
    ...field,
    name: ref['name'],
    path: [...path, 'name'],
    key: ref['key'],
    keyPath: [...path, 'key'],
    isOptional: ref['optional'] === true,
  });
}

type Needs = Readonly<Record<string, readonly string[]>>;

/** The reads of fields below a value, with the keys each needs: a name, or `{ name, key }`. `*` is each list entry. */
export function fieldReads(value: unknown, path: Path, how: How, fields: Needs): Read[] {
  return Object.entries(fields).flatMap(([field, needs]) => {
    const [step = '', ...rest] = field.split('.');
    if (step === '*')
      return listAt(value).flatMap((entry, at) => readsAt(entry, [...path, at], how, rest, needs));
    return readsAt(mapAt(value)[step], [...path, step], how, rest, needs);
  });
}

function readsAt(
  value: Json | undefined,
  path: Path,
  how: How,
  rest: readonly string[],
  needs: readonly string[],
): Read[] {
  if (rest.length > 0) return fieldReads(value, path, how, { [rest.join('.')]: needs });
  const field = { path, how, needs: needs.length > 0 ? needs : undefined };
  return isMap(value)
    ? refRead(value, { ...field, namespace: textAt(value, 'namespace') })
    : readOf({ ...field, name: value });
}

type Reader = (object: PlacedObject) => Read[];

export function specFields(how: How, fields: Needs): Reader {
  return object => fieldReads(specOf(object), ['spec'], how, fields);
}

/** A reader of fields in all maps of the spec, whose Secrets may be in any namespace. */
export function scatteredFields(how: How, fields: Needs): Reader {
  return object =>
    mapsIn(specOf(object), ['spec'])
      .flatMap(({ map, path }) => fieldReads(map, path, how, fields))
      .map(read => ({ ...read, isAnywhere: true }));
}

/** One reader of all that several read. */
export function readers(...all: readonly Reader[]): Reader {
  return object => all.flatMap(read => read(object));
}

/** The fields that a reference to a key may have; with `generate` the operator makes a missing Secret. */
const SELECTOR = new Set(['name', 'key', 'namespace', 'optional', 'generate']);

/** All maps below a value with just a name and a key, as a SecretKeySelector, but below a field for ConfigMaps. */
export function selectorReads(value: unknown, path: Path): Read[] {
  return mapsIn(value, path).flatMap(({ map, path: at }) => {
    const fields = Object.keys(map);
    const isSelector = typeof map['key'] === 'string' && fields.every(name => SELECTOR.has(name));
    if (!isSelector || /^configMap/.test(String(at.at(-1)))) return [];
    return refRead(map, { path: at, how: 'ref', namespace: textAt(map, 'namespace') });
  });
}

/** The same in the spec of an object. */
export function specSelectors(object: PlacedObject): Read[] {
  return selectorReads(specOf(object), ['spec']);
}

/** All Secrets that a field `secretName` below a value names, with the namespace and the key beside it. */
export function secretNameReads(value: unknown, path: Path): Read[] {
  return mapsIn(value, path).flatMap(({ map, path: at }) =>
    readOf({
      name: map['secretName'],
      path: [...at, 'secretName'],
      how: 'ref',
      namespace: textAt(map, 'secretNamespace'),
      key: map['key'],
      keyPath: [...at, 'key'],
      isOptional: map['optional'] === true,
    }),
  );
}

function secretRefReads(value: unknown, path: Path): Read[] {
  return mapsIn(value, path).flatMap(({ map, path: at }) => {
    const field = String(at.at(-1));
    const isWhole = typeof map['key'] !== 'string';
    const isPlain = Object.keys(map).every(name => SELECTOR.has(name));
    if (!isWhole || !(/ecretRef$/.test(field) || (isPlain && /\wSecret$/.test(field)))) return [];
    return refRead(map, { path: at, how: 'ref', namespace: textAt(map, 'namespace') });
  });
}

/** A reader of all references of the Gateway API's form in the spec. `fields`: which have them, with the keys they need. */
export function objectRefs(fields: Needs): Reader {
  return object =>
    mapsIn(specOf(object), ['spec']).flatMap(({ map, path }) => {
      const field = String(path.findLast(step => typeof step === 'string'));
      const needs = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (needs === undefined || (textAt(map, 'kind') ?? 'Secret') !== 'Secret') return [];
      return readsAt(map, path, 'ref', [], needs);
    });
}

/** All reads below a value in these three forms. It may hold a pod template. */
export function referenceReads(value: unknown, path: Path): Read[] {
  return [selectorReads, secretNameReads, secretRefReads].flatMap(read => read(value, path));
}

/** All that the spec of an object refers to. */
export function specReads(object: PlacedObject): Read[] {
  return referenceReads(specOf(object), ['spec']);
}

/** Kinds, written as for `kindsOf`, that make no Secret and read those that their specs refer to. */
export function referenceReaders(group: string, kinds: string, facts: Partial<Kind> = {}): Kind[] {
  return kindsOf(group, kinds, { ...facts, reads: specReads });
}
