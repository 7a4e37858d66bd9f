import type { Path } from '../core/finding.ts';
import { isMap, isSame, type Json, type JsonObject } from '../core/json.ts';

/** A field that differs, in the form in which objects are compared. Values are not yet masked. */
export interface FieldChange {
  readonly what: 'added' | 'removed' | 'changed' | 'reordered';
  /** As people write it, lists by what names their entries: `spec.data[api-key].remoteRef.key`. */
  readonly field: string;
  /** The place in the object, on the sides that have it. */
  readonly basePath?: Path;
  readonly headPath?: Path;
  readonly base?: Json;
  readonly head?: Json;
}

/** The place of a field that differs: on head, where it is there, else on base. */
export function fieldPath({ headPath, basePath }: FieldChange): Path {
  return headPath ?? basePath ?? [];
}

/** A pair of values that stand at one field. */
interface Pair {
  readonly base: Json | undefined;
  readonly head: Json | undefined;
  readonly basePath: Path;
  readonly headPath: Path;
  /** As people write it. */
  readonly field: string;
  /** The name of the field, or of the list that holds the entry. */
  readonly name: string;
}

/**
 * The fields in which two objects differ, in the order of their names. Lists are taken apart by
 * what names their entries; where order means nothing it is not looked at.
 */
export function fieldChanges(base: JsonObject, head: JsonObject): FieldChange[] {
  const found: FieldChange[] = [];
  addChanges(found, { base, head, basePath: [], headPath: [], field: '', name: '' });
  return found;
}

function addChanges(found: FieldChange[], pair: Pair): void {
  const { base, head } = pair;
  if (base === head) return;
  if (isMap(base) && isMap(head)) addMapChanges(found, base, head, pair);
  else if (Array.isArray(base) && Array.isArray(head)) addListChanges(found, base, head, pair);
  else found.push(changeOf(pair));
}

function changeOf({ base, head, basePath, headPath, field }: Pair): FieldChange {
  if (base === undefined)
    return { what: 'added', field, headPath, ...(head !== undefined && { head }) };
  if (head === undefined) return { what: 'removed', field, basePath, base };
  return { what: 'changed', field, basePath, headPath, base, head };
}

function addMapChanges(found: FieldChange[], base: JsonObject, head: JsonObject, pair: Pair): void {
  const names = new Set([...Object.keys(base), ...Object.keys(head)]);
  const differing = [...names].filter(name => !isSame(own(base, name), own(head, name)));
  for (const name of differing.sort()) addChanges(found, below(pair, name, base, head));
}

function below(pair: Pair, name: string, base: JsonObject, head: JsonObject): Pair {
  const isPlain = /^[\w-]+$/.test(name);
  const step = isPlain ? (pair.field === '' ? name : `.${name}`) : `["${name}"]`;
  return {
    base: own(base, name),
    head: own(head, name),
    basePath: [...pair.basePath, name],
    headPath: [...pair.headPath, name],
    field: pair.field + step,
    name,
  };
}

function own(map: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

function addListChanges(
  found: FieldChange[],
  base: readonly Json[],
  head: readonly Json[],
  pair: Pair,
): void {
  const before = entriesByName(pair.name, base);
  const after = entriesByName(pair.name, head);
  if (before !== undefined && after !== undefined) {
    addKeyedChanges(found, base, head, pair, before, after);
    if (isReordered([...before.keys()], [...after.keys()], pair)) found.push(reordered(pair));
  } else if (isOrdered(pair.name)) addOrderedChanges(found, base, head, pair);
  else addSetChanges(found, base, head, pair);
}

function addKeyedChanges(
  found: FieldChange[],
  base: readonly Json[],
  head: readonly Json[],
  pair: Pair,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): void {
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [was, is] = [before.get(name), after.get(name)];
    if (was !== undefined && is !== undefined && isSame(base[was], head[is])) continue;
    addChanges(found, entryPair(pair, name, base, head, was, is));
  }
}

function entryPair(
  pair: Pair,
  name: string | number,
  base: readonly Json[],
  head: readonly Json[],
  before: number | undefined,
  after: number | undefined,
): Pair {
  return {
    base: before === undefined ? undefined : base[before],
    head: after === undefined ? undefined : head[after],
    basePath: before === undefined ? pair.basePath : [...pair.basePath, before],
    headPath: after === undefined ? pair.headPath : [...pair.headPath, after],
    field: `${pair.field}[${name}]`,
    name: pair.name,
  };
}

/** Whether the entries that both lists have come in another order, where order means something. */
function isReordered(before: readonly string[], after: readonly string[], { name }: Pair): boolean {
  if (!isOrdered(name)) return false;
  const [ours, theirs] = [new Set(before), new Set(after)];
  const kept = before.filter(entry => theirs.has(entry));
  return after.filter(entry => ours.has(entry)).some((entry, index) => entry !== kept[index]);
}

function reordered({ field, basePath, headPath }: Pair): FieldChange {
  return { what: 'reordered', field, basePath, headPath };
}

/** Entries by their place, after what both lists begin with and before what both end with. */
function addOrderedChanges(
  found: FieldChange[],
  base: readonly Json[],
  head: readonly Json[],
  pair: Pair,
): void {
  const shorter = Math.min(base.length, head.length);
  let start = 0;
  while (start < shorter && isSame(base[start], head[start])) start += 1;
  let end = 0;
  while (end < shorter - start && isSame(base.at(-1 - end), head.at(-1 - end))) end += 1;
  const last = Math.max(base.length, head.length) - end;
  for (let at = start; at < last; at += 1) {
    const before = at < base.length - end ? at : undefined;
    const after = at < head.length - end ? at : undefined;
    addChanges(found, entryPair(pair, at, base, head, before, after));
  }
}

/** What is left when equal entries are taken away; one left on each side is one that changed. */
function addSetChanges(
  found: FieldChange[],
  base: readonly Json[],
  head: readonly Json[],
  pair: Pair,
): void {
  const left = new Set(head.keys());
  const gone: number[] = [];
  for (const [index, entry] of base.entries()) {
    const twin = [...left].find(other => isSame(entry, head[other]));
    if (twin === undefined) gone.push(index);
    else left.delete(twin);
  }
  const come = [...left];
  if (gone.length === 1 && come.length === 1) {
    addChanges(found, entryPair(pair, gone[0] ?? 0, base, head, gone[0], come[0]));
    return;
  }
  for (const index of gone) addChanges(found, entryPair(pair, index, base, head, index, undefined));
  for (const index of come) addChanges(found, entryPair(pair, index, base, head, undefined, index));
}

/** The entries by name, or undefined where one has no name or two share one. */
function entriesByName(field: string, list: readonly Json[]): Map<string, number> | undefined {
  const nameOf = Object.hasOwn(KEYS, field) ? KEYS[field] : undefined;
  if (nameOf === undefined) return undefined;
  const names = new Map<string, number>();
  for (const [index, entry] of list.entries()) {
    const name = isMap(entry) ? nameOf(entry) : undefined;
    if (name === undefined || names.has(name)) return undefined;
    names.set(name, index);
  }
  return names;
}

/** How the entries of a list are told apart. */
interface ListKey {
  /** The name of an entry; undefined when it has none. */
  readonly nameOf: (entry: JsonObject) => string | undefined;
}

const byField =
  (...fields: readonly string[]): ListKey['nameOf'] =>
  entry => {
    let name: string | undefined;
    for (const field of fields) {
      const value = entry[field];
      if (typeof value === 'string' || typeof value === 'number')
        name = name === undefined ? String(value) : `${name}/${value}`;
    }
    return name;
  };

const byName = byField('name');

/** `configMapRef/settings`: an entry of envFrom names one thing. */
function sourceName(entry: JsonObject): string | undefined {
  const [kind, ref] = Object.entries(entry).find(([, value]) => isMap(value)) ?? [];
  return kind === undefined || !isMap(ref) ? undefined : `${kind}/${ref['name']}`;
}

/** TCP is the default protocol. */
function portName(entry: JsonObject): string | undefined {
  const port = entry['containerPort'] ?? entry['port'];
  return port === undefined ? undefined : `${port}/${entry['protocol'] ?? 'TCP'}`;
}

function metadataName({ metadata }: JsonObject): string | undefined {
  return isMap(metadata ?? null) ? byName(metadata as JsonObject) : undefined;
}

/**
 * What names an entry, by the list's field. The CRDs say nothing about it
 * (docs/facts/review.md#lists).
 */
const KEYS: Readonly<Record<string, ListKey['nameOf']>> = {
  containers: byName,
  initContainers: byName,
  ephemeralContainers: byName,
  env: byName,
  envFrom: sourceName,
  volumes: byName,
  volumeMounts: byField('mountPath'),
  volumeClaimTemplates: metadataName,
  imagePullSecrets: byName,
  ports: portName,
  items: byField('key', 'path'),
  data: byField('secretKey'),
  roles: byName,
  externalClusters: byName,
  tablespaces: byName,
  plugins: byName,
  subjects: byField('kind', 'namespace', 'name'),
  secretStoreRefs: byField('kind', 'name'),
  topologySpreadConstraints: byField('topologyKey', 'whenUnsatisfiable'),
  hostAliases: byField('ip'),
};

/** Lists whose order means something (docs/facts/review.md#lists); of all others it is noise. */
const ORDERED = new Set([
  'args',
  'command',
  'env',
  'envFrom',
  'dataFrom',
  'initContainers',
  'pg_hba',
  'pg_ident',
  'templateFrom',
  'rewrite',
  'postInitSQL',
  'postInitApplicationSQL',
  'postInitTemplateSQL',
]);

/** Whether the order of a list's entries means something. */
function isOrdered(field: string): boolean {
  return ORDERED.has(field);
}
