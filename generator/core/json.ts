import type { Path } from './finding.ts';

/**
 * The map with fields changed, and without those that become undefined; the same map, uncopied, when
 * none is: most hold none to change. Whole manifests pass here, so the loops make no iterators.
 */
export function withFields(
  value: JsonObject,
  names: readonly string[],
  change: (name: string, before: Json | undefined) => Json | undefined,
): JsonObject {
  let changed: Record<string, Json> | undefined;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    const before = value[name];
    const after = change(name, before);
    if (after === before) continue;
    changed ??= { ...value };
    if (after === undefined) delete changed[name];
    else changed[name] = after;
  }
  return changed ?? value;
}

/** The list with items changed; the same list, uncopied, when none is. */
export function withItems(list: readonly Json[], change: (item: Json) => Json): readonly Json[] {
  let changed: Json[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const before = list[index] as Json;
    const after = change(before);
    if (after === before) continue;
    changed ??= [...list];
    changed[index] = after;
  }
  return changed ?? list;
}

/** The map without the fields that say what holds anyway; the same map where none does. */
export function without(defaults: JsonObject, map: JsonObject): JsonObject {
  const kept = Object.entries(map).filter(
    ([name, value]) => !(Object.hasOwn(defaults, name) && isSame(value, defaults[name])),
  );
  return kept.length === Object.keys(map).length ? map : Object.fromEntries(kept);
}

/** The map with the map under a field changed, where there is one. */
export function withField(
  map: JsonObject,
  name: string,
  change: (value: JsonObject) => JsonObject,
): JsonObject {
  const value = Object.hasOwn(map, name) ? map[name] : undefined;
  if (value === undefined || !isMap(value)) return map;
  const changed = change(value);
  return changed === value ? map : { ...map, [name]: changed };
}

/** The map with each map in the list under a field changed, where there is one. */
export function withEntries(
  map: JsonObject,
  name: string,
  change: (entry: JsonObject) => JsonObject,
): JsonObject {
  const list = Object.hasOwn(map, name) ? map[name] : undefined;
  if (!Array.isArray(list)) return map;
  const changed = withItems(list, entry => (isMap(entry) ? change(entry) : entry));
  return changed === list ? map : { ...map, [name]: changed };
}

/**
 * The document with another value at a path, which is made as far as it is not there; undefined takes
 * the field away.
 */
export function withValueAt(document: Json | undefined, path: Path, value: Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? null;
  if (typeof step === 'number') {
    const list = Array.isArray(document) ? document : [];
    return list.map((item: Json, index) =>
      index === step ? withValueAt(item, rest, value) : item,
    );
  }
  const map = isMap(document) ? document : {};
  if (rest.length > 0) {
    const inner = Object.hasOwn(map, step) ? map[step] : undefined;
    return { ...map, [step]: withValueAt(inner, rest, value) };
  }
  if (value !== undefined) return { ...map, [step]: value };
  const { [step]: _, ...others } = map;
  return others;
}

/** Items by what they have in common, in their order. `Map.groupBy` comes with Node 21. */
export function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  items.forEach(item => {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  });
  return groups;
}

/** Every text in a value, with its path. */
export function textsIn(value: unknown, path: Path): { text: string; path: Path }[] {
  const found: { text: string; path: Path }[] = [];
  walk(value, [...path], (text, at) => {
    if (typeof text === 'string') found.push({ text, path: [...at] });
  });
  return found;
}

/** Shows every text in a value, where its path does not matter: makes nothing on the way. */
export function eachText(value: unknown, show: (text: string) => void): void {
  hasText(value, text => {
    show(text);
    return false;
  });
}

/** Whether a text in a value is one of those that are meant. */
export function hasText(value: unknown, isMeant: (text: string) => boolean): boolean {
  if (typeof value === 'string') return isMeant(value);
  if (Array.isArray(value)) return value.some(item => hasText(item, isMeant));
  if (!isMap(value)) return false;
  for (const name in value) if (hasText(value[name], isMeant)) return true;
  return false;
}

/** Every number in a value, with its path. */
export function numbersIn(value: unknown, path: Path): { number: number; path: Path }[] {
  const found: { number: number; path: Path }[] = [];
  walk(value, [...path], (number, at) => {
    if (typeof number === 'number') found.push({ number, path: [...at] });
  });
  return found;
}

/** Every map in a value, itself before what is in it, with its path. */
export function mapsIn(value: unknown, path: Path): { map: JsonObject; path: Path }[] {
  const found: { map: JsonObject; path: Path }[] = [];
  walk(value, [...path], (map, at) => {
    if (isMap(map)) found.push({ map, path: [...at] });
  });
  return found;
}

/** Shows a value and all that is in it, in order; the path is good until the next one. */
function walk(
  value: unknown,
  path: (string | number)[],
  show: (value: unknown, path: readonly (string | number)[]) => void,
): void {
  show(value, path);
  if (typeof value !== 'object' || value === null) return;
  const steps = Array.isArray(value) ? value.entries() : isMap(value) ? Object.entries(value) : [];
  for (const [step, child] of steps) {
    path.push(step);
    walk(child, path, show);
    path.pop();
  }
}

/** A value in an object's own terms, as in a manifest. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Whether a value is a map: neither a list nor a scalar. */
export function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map under a field, or an empty one: manifests of strangers may hold anything. */
export function mapAt(value: unknown, ...fields: readonly string[]): JsonObject {
  const map = valueUnder(value, fields);
  return isMap(map) ? map : {};
}

/** The list under a field, or an empty one. */
export function listAt(value: unknown, ...fields: readonly string[]): readonly Json[] {
  const list = valueUnder(value, fields);
  return Array.isArray(list) ? list : [];
}

/** The text under a field, or undefined. */
export function textAt(value: unknown, ...fields: readonly string[]): string | undefined {
  const text = valueUnder(value, fields);
  return typeof text === 'string' ? text : undefined;
}

/** Asked for more often than anything else: a loop by numbers makes no iterator. */
function valueUnder(value: unknown, fields: readonly string[]): unknown {
  let found = value;
  for (let depth = 0; depth < fields.length; depth += 1) {
    const field = fields[depth] as string;
    if (!isMap(found) || !Object.hasOwn(found, field)) return undefined;
    found = found[field];
  }
  return found;
}

/**
 * A name in a manifest as text; it is a number where somebody left out the quotes. What is no
 * scalar has none: the schema says so, and `String` would run a field named `toString`.
 */
export function scalarText(value: unknown): string {
  const isScalar = ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
  return isScalar ? String(value) : '';
}

/** What stands at the path, or undefined. */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (let depth = 0; depth < path.length; depth += 1) {
    const step = path[depth] as string | number;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** A JSON pointer as a path; a step into a list is a number. */
export function pathOf(pointer: string, document: unknown): Path {
  const path: (string | number)[] = [];
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(value) ? Number(name) : name;
    path.push(step);
    value = valueAt(value, [step]);
  }
  return path;
}

/** Whether a path goes through a place, or ends there. */
export function isBelow(path: Path, place: Path): boolean {
  return place.every((step, index) => path[index] === step);
}

/**
 * Whether two values are equal: the order of a map's fields means nothing, that of a list does. Node's
 * own comparison is a module that a short run has no time to load.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return (
      Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]))
    );
  if (!isMap(a) || !isMap(b)) return false;
  let fields = 0;
  for (const name in a) {
    if (!Object.hasOwn(b, name) || !isSame(a[name], b[name])) return false;
    fields += 1;
  }
  return fields === Object.keys(b).length;
}

/** A value as JSON, with the names of maps in code-unit order: the same value is the same text. */
export function stableText(value: Json): string {
  return JSON.stringify(withSortedNames(value));
}

/** A value with the names of its maps in code-unit order. */
export function withSortedNames(value: Json): Json {
  if (Array.isArray(value)) return value.map(withSortedNames);
  if (!isMap(value)) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, child]) => [name, withSortedNames(child)]));
}

/** Two maps as one: maps in them are merged to any depth, and of all else the later one counts. */
export function mergedMaps(before: JsonObject, after: JsonObject): JsonObject {
  const both = Object.entries(after).map(([name, value]): [string, Json] => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    return [name, isMap(old) && isMap(value) ? mergedMaps(old, value) : value];
  });
  return { ...before, ...Object.fromEntries(both) };
}

/** A text as JSON; undefined: it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A plain scalar that YAML 1.1 takes for a date. kustomize writes it as a timestamp, so where text
 * is meant it is a fault; passed on it stays the text it was.
 */
export class Timestamp {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toJSON(): string {
    return this.text;
  }
}

/** Items sorted by a text, in code-unit order. */
export function sortBy<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const keyed = items.map(item => ({ item, text: textOf(item) }));
  keyed.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  return keyed.map(({ item }) => item);
}

/** The total; of none 0. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The index of the last item of an ascending list whose number is not above `most`; 0 where all are above. */
export function lastNotAbove<T>(
  ascending: readonly T[],
  most: number,
  numberOf: (item: T) => number,
): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const item = ascending[middle];
    if (item !== undefined && numberOf(item) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}
