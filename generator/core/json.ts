import type { Path } from './finding.ts';

/** A value in an object's own terms, as in a manifest. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Whether a value is a map: neither a list nor a scalar. */
export function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map under a field, or an empty one, whatever else a manifest has there. */
export function mapAt(value: unknown, ...fields: Path): JsonObject {
  const map = valueAt(value, fields);
  return isMap(map) ? map : {};
}

/** The list under a field, or an empty one. */
export function listAt(value: unknown, ...fields: Path): readonly Json[] {
  const list = valueAt(value, fields);
  return Array.isArray(list) ? list : [];
}

/** The text under a field, or undefined. */
export function textAt(value: unknown, ...fields: Path): string | undefined {
  const text = valueAt(value, fields);
  return typeof text === 'string' ? text : undefined;
}

/** The texts under several fields of a map. */
export function textsUnder(value: unknown, ...fields: readonly string[]): (string | undefined)[] {
  return fields.map(field => textAt(value, field));
}

/** A scalar as text: a name is a number where quotes were left out. Nothing else gives text. */
export function scalarText(value: unknown): string {
  const isScalar = ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
  return isScalar ? String(value) : '';
}

/** A number, also one that is written as text, or NaN. */
export function numberIn(value: unknown): number {
  return Number(scalarText(value) || Number.NaN);
}

/** The value at a path, or undefined. A loop by index, as nothing is called more often. */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (let depth = 0; depth < path.length; depth += 1) {
    const step = path[depth] as string | number;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as JsonObject)[step];
  }
  return value;
}

/** The beginning of a path, as far as a value has it. */
export function pathIn(value: unknown, path: Path): Path {
  const end = path.findIndex((_, at) => valueAt(value, path.slice(0, at + 1)) === undefined);
  return end < 0 ? path : path.slice(0, end);
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

/** Whether a path leads to or through a place. */
export function isBelow(path: Path, place: Path): boolean {
  return place.every((step, index) => path[index] === step);
}

/** Every text in a value, with its path. */
export function textsIn(value: unknown, path: Path): { text: string; path: Path }[] {
  return collect(value, path, (text, at) =>
    typeof text === 'string' ? { text, path: [...at] } : undefined,
  );
}

/** Every map in a value, itself before what is in it, with its path. */
export function mapsIn(value: unknown, path: Path): MapInValue[] {
  return collect(value, path, (map, at) => (isMap(map) ? { map, path: [...at] } : undefined));
}

export interface MapInValue {
  readonly map: JsonObject;
  readonly path: Path;
}

/** The maps in the list under fields of a value, which is at `path`. */
export function mapsAt(value: unknown, path: Path, ...fields: readonly string[]): MapInValue[] {
  const found: MapInValue[] = [];
  listAt(value, ...fields).forEach((map, index) => {
    if (isMap(map)) found.push({ map, path: [...path, ...fields, index] });
  });
  return found;
}

/** What `itemOf` makes of a value and of every value in it, in order. It copies the path, which changes after the call. */
export function collect<T>(
  value: unknown,
  start: Path,
  itemOf: (value: unknown, path: Path) => T | undefined,
): T[] {
  const found: T[] = [];
  const path = [...start];
  const visit = (inner: unknown): void => {
    const item = itemOf(inner, path);
    if (item !== undefined) found.push(item);
    if (Array.isArray(inner)) for (let at = 0; at < inner.length; at += 1) enter(at, inner[at]);
    else if (isMap(inner)) for (const name in inner) enter(name, inner[name]);
  };
  const enter = (step: string | number, child: unknown): void => {
    path.push(step);
    visit(child);
    path.pop();
  };
  visit(value);
  return found;
}

/** Whether any text in a value passes a test. Makes no paths, so it is fast. */
export function hasText(value: unknown, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value);
  if (Array.isArray(value)) return value.some(item => hasText(item, test));
  if (!isMap(value)) return false;
  for (const name in value) if (hasText(value[name], test)) return true;
  return false;
}

/** Whether two values are equal, whatever the order of fields. Loading `node:util` for it would slow short runs. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => isSame(item, b[at]));
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
  return changedThroughout(value, part => {
    if (!isMap(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** A value with each part of it changed, the innermost first; the value itself where nothing is. */
export function changedThroughout(value: Json, change: (part: Json) => Json): Json {
  const inside = (part: Json): Json => changedThroughout(part, change);
  if (Array.isArray(value)) return withItems(value, inside);
  if (!isMap(value)) return change(value);
  return change(withFields(value, Object.keys(value), (_, part) => inside(part as Json)));
}

/** A value with those fields of its maps alone that pass a test, the innermost first. */
export function fieldsThroughout(value: Json, test: (field: Json) => boolean): Json {
  return changedThroughout(value, part =>
    isMap(part) ? fieldsWhere(part, (_, field) => test(field)) : part,
  );
}

/** The value with its fields in the order of another value; fields that the other lacks come last. */
export function withNamesAs(value: unknown, model: unknown): unknown {
  const items: readonly unknown[] = Array.isArray(model) ? model : [];
  if (Array.isArray(value)) return value.map((item, index) => withNamesAs(item, items[index]));
  if (!isMap(value) || !isMap(model)) return value;
  const names = Object.keys({ ...model, ...value }).filter(name => Object.hasOwn(value, name));
  return Object.fromEntries(names.map(name => [name, withNamesAs(value[name], model[name])]));
}

/** A text parsed as JSON; undefined: it is not JSON. */
export function parsedJson(text: string): unknown {
  return attempt(() => JSON.parse(text));
}

/** What an action gives; undefined where it throws, as what it asks for is not there or is not allowed. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** Two maps as one: maps in them are merged to any depth, and of all else the later one counts. */
export function mergedMaps(before: JsonObject, after: JsonObject): JsonObject {
  const both = Object.entries(after).map(([name, value]): [string, Json] => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    return [name, isMap(old) && isMap(value) ? mergedMaps(old, value) : value];
  });
  return { ...before, ...Object.fromEntries(both) };
}

/** A JSON merge patch (RFC 7396): null removes a field, maps are merged, any other value replaces the one before. */
export function mergePatch(value: Json | undefined, patch: JsonObject): JsonObject {
  const merged: Record<string, Json> = isMap(value) ? { ...value } : {};
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) delete merged[name];
    else merged[name] = isMap(change) ? mergePatch(merged[name], change) : change;
  }
  return merged;
}

/** A map with each value changed. */
export function mapValues<A, B>(
  map: Readonly<Record<string, A>>,
  change: (value: A, name: string) => B,
): Record<string, B> {
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [name, change(value, name)]),
  );
}

/** The fields of a map that pass a test. */
export function fieldsWhere<T>(
  map: Readonly<Record<string, T>>,
  test: (name: string, value: T) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([name, value]) => test(name, value)));
}

/** These fields of a map, as far as it has them. */
export function fieldsOf(map: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap(name => (map[name] === undefined ? [] : [[name, map[name]]])),
  );
}

/** The map with fields changed; undefined removes one. The map itself when none is. No iterators, for speed. */
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

/** The list with items changed; the list itself when none is. */
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

/** The defaults of a map's fields, and of maps and lists under them. A function gives a default that depends on other fields. */
export interface Usual {
  readonly [name: string]:
    | Exclude<Json, JsonObject | readonly Json[]>
    | Usual
    | readonly Usual[]
    | ((map: JsonObject) => Json | undefined);
}

/** Removes the fields that have their default from maps, and then the maps and lists that are empty. */
export function withoutUsual(usual: Usual): (map: JsonObject) => JsonObject {
  return map => formOf(usual, map);
}

function formOf(usual: Usual, map: JsonObject): JsonObject {
  return withFields(map, Object.keys(usual), (name, value) =>
    value === undefined ? value : unusual(value, usual[name] ?? null, map),
  );
}

function unusual(value: Json, usual: Usual[string] | null, map: JsonObject): Json | undefined {
  if (typeof usual === 'function') return isSame(value, usual(map)) ? undefined : value;
  if (Array.isArray(value) && Array.isArray(usual)) {
    const [entry = {}]: readonly Usual[] = usual;
    return value.length === 0
      ? undefined
      : withItems(value, item => (isMap(item) ? formOf(entry, item) : item));
  }
  if (!isMap(value) || !isUsual(usual)) return value === usual ? undefined : value;
  const form = formOf(usual, value);
  return Object.keys(form).length === 0 ? undefined : form;
}

function isUsual(value: Usual[string] | null): value is Usual {
  return isMap(value);
}

type ChangeMap = (map: JsonObject) => JsonObject;

/** The map with the map under a field changed, where there is one. */
export function withField(map: JsonObject, name: string, change: ChangeMap): JsonObject {
  return withFields(map, [name], (_, value) => (isMap(value) ? change(value) : value));
}

/** The map with each map in the list under a field changed, where there is one. */
export function withEntries(map: JsonObject, name: string, change: ChangeMap): JsonObject {
  return withFields(map, [name], (_, list) =>
    Array.isArray(list) ? withItems(list, entry => (isMap(entry) ? change(entry) : entry)) : list,
  );
}

/** The map without the fields that have their default; the map itself where none has. */
export function without(defaults: JsonObject, map: JsonObject): JsonObject {
  return withFields(map, Object.keys(defaults), (name, value) =>
    isSame(value, defaults[name]) ? undefined : value,
  );
}

/** The words of a text. Long lists of names are written as such texts. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** The parts of a text between commas, without blanks around them and without empty ones. */
export function commaParts(text: string): string[] {
  return text.split(',').flatMap(part => part.trim() || []);
}

/** The document with another value at a path, whose missing parts are made; undefined removes the field. */
export function withValueAt(document: Json | undefined, path: Path, value: Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? null;
  if (typeof step === 'number')
    return listAt(document).map((item, index) =>
      index === step ? withValueAt(item, rest, value) : item,
    );
  const isLast = rest.length === 0;
  return withFields(mapAt(document), [step], (_, before) =>
    isLast ? value : withValueAt(before, rest, value),
  );
}

/** A plain scalar that YAML 1.1 takes for a date: a fault where text is meant; passed on, it stays the text it was. */
export class Timestamp {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toJSON(): string {
    return this.text;
  }
}

/** Items by what they have in common, in their order; no group is empty. `Map.groupBy` comes with Node 21. */
export function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, [T, ...T[]]> {
  const groups = new Map<K, [T, ...T[]]>();
  items.forEach(item => {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  });
  return groups;
}

/** The first item of each group of `groupBy`. */
export function firstOfEach<K, T>(items: readonly T[], keyOf: (item: T) => K): T[] {
  return [...groupBy(items, keyOf).values()].map(([first]) => first);
}

/** Items sorted by a text, in code-unit order. */
export function sortBy<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const keyed = items.map(item => ({ item, text: textOf(item) }));
  keyed.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  return keyed.map(({ item }) => item);
}

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
