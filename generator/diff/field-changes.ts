import type { Path } from '../core/finding.ts';
import type { Json, JsonObject } from '../core/json.ts';
import {
  fieldsWhere,
  groupBy,
  isMap,
  isSame,
  mapAt,
  stableText,
  withFields,
  withItems,
  words,
} from '../core/json.ts';
import { groupOf, isObserved, type KubeObject, LAST_APPLIED } from '../core/kube-object.ts';
import { canonicalQuantity } from '../core/units.ts';
import { kindOf } from '../kinds/kinds.ts';
import { storedForm } from '../spec/objects/patches.ts';

/** A field that differs, in the form in which objects are compared. Values are not yet masked. */
export interface FieldChange {
  readonly what: 'added' | 'removed' | 'changed' | 'reordered';
  /** As people write it, with the names of list entries: `spec.data[api-key].remoteRef.key`. */
  readonly field: string;
  readonly basePath?: Path;
  readonly headPath?: Path;
  readonly base?: Json;
  readonly head?: Json;
}

/** The path of a field that differs: on head, or on base if head does not have it. */
export function fieldPath({ headPath, basePath }: Omit<FieldChange, 'field'>): Path {
  return headPath ?? basePath ?? [];
}

interface Pair<T = Json | undefined> {
  readonly base: T;
  readonly head: T;
  readonly basePath: Path;
  readonly headPath: Path;
  readonly field: string;
  readonly name: string;
}

/** The fields in which two objects differ, by name. Entries of lists are compared by their names if they have any. */
export function fieldChanges(base: JsonObject, head: JsonObject): FieldChange[] {
  return changesIn({ base, head, basePath: [], headPath: [], field: '', name: '' });
}

function changesIn(pair: Pair): FieldChange[] {
  const { base, head, basePath, headPath, field } = pair;
  if (base === head) return [];
  if (isMap(base) && isMap(head)) return mapChanges({ ...pair, base, head });
  if (Array.isArray(base) && Array.isArray(head)) return listChanges({ ...pair, base, head });
  if (head === undefined)
    return base === undefined ? [] : [{ what: 'removed', field, basePath, base }];
  if (base === undefined) return [{ what: 'added', field, headPath, head }];
  return [{ what: 'changed', field, basePath, headPath, base, head }];
}

function mapChanges(pair: Pair<JsonObject>): FieldChange[] {
  const valueAt = (map: JsonObject, name: string): Json | undefined =>
    Object.hasOwn(map, name) ? map[name] : undefined;
  const names = new Set([...Object.keys(pair.base), ...Object.keys(pair.head)]);
  return [...names].sort().flatMap(name => {
    const [base, head] = [valueAt(pair.base, name), valueAt(pair.head, name)];
    if (isSame(base, head)) return [];
    const isPlain = /^[\w-]+$/.test(name);
    const step = isPlain ? (pair.field === '' ? name : `.${name}`) : `["${name}"]`;
    return changesIn({
      base,
      head,
      basePath: [...pair.basePath, name],
      headPath: [...pair.headPath, name],
      field: pair.field + step,
      name,
    });
  });
}

type Lists = Pair<readonly Json[]>;

function listChanges(lists: Lists): FieldChange[] {
  const { name, base, head } = lists;
  const before = entriesByName(name, base);
  const after = entriesByName(name, head);
  if (before === undefined || after === undefined) {
    if (ORDERED.has(name)) return orderedChanges(lists);
    const [was, is] = [base.map(stableText), head.map(stableText)];
    return SETS.has(name)
      ? setChanges(lists)
      : [...setChanges(lists), ...reordered(lists, was, is)];
  }
  const changes = [...new Set([...before.keys(), ...after.keys()])].sort().flatMap(entry => {
    const [was, is] = [before.get(entry), after.get(entry)];
    const isSameEntry = was !== undefined && is !== undefined && isSame(base[was], head[is]);
    return isSameEntry ? [] : changesIn(entryPair(lists, entry, was, is));
  });
  return ORDERED.has(name)
    ? [...changes, ...reordered(lists, [...before.keys()], [...after.keys()])]
    : changes;
}

function entryPair(lists: Lists, entry: string | number, before?: number, after?: number): Pair {
  const { base, head, basePath, headPath, field, name } = lists;
  return {
    base: before === undefined ? undefined : base[before],
    head: after === undefined ? undefined : head[after],
    basePath: before === undefined ? basePath : [...basePath, before],
    headPath: after === undefined ? headPath : [...headPath, after],
    field: `${field}[${entry}]`,
    name,
  };
}

function reordered(lists: Lists, before: readonly string[], after: readonly string[]) {
  const { field, basePath, headPath } = lists;
  const [namesBefore, namesAfter] = [new Set(before), new Set(after)];
  const kept = before.filter(entry => namesAfter.has(entry));
  const isSameOrder = after
    .filter(entry => namesBefore.has(entry))
    .every((entry, at) => entry === kept[at]);
  return isSameOrder ? [] : [{ what: 'reordered', field, basePath, headPath } as const];
}

function orderedChanges(lists: Lists): FieldChange[] {
  const { base, head } = lists;
  const { start, end } = commonEnds(base, head, isSame);
  const [endOfBase, endOfHead] = [base.length - end, head.length - end];
  const indexes = Array.from({ length: Math.max(endOfBase, endOfHead) }, (_, at) => at);
  return indexes.slice(start).flatMap(at => {
    const [before, after] = [endOfBase, endOfHead].map(last => (at < last ? at : undefined));
    return changesIn(entryPair(lists, at, before, after));
  });
}

/** How many entries two lists have in common at their start, and how many at their end. */
export function commonEnds<T>(
  base: readonly T[],
  head: readonly T[],
  areEqual: (a: T | undefined, b: T | undefined) => boolean,
): { readonly start: number; readonly end: number } {
  const shorter = Math.min(base.length, head.length);
  let start = 0;
  while (start < shorter && areEqual(base[start], head[start])) start += 1;
  let end = 0;
  while (end < shorter - start && areEqual(base.at(-1 - end), head.at(-1 - end))) end += 1;
  return { start, end };
}

function setChanges(lists: Lists): FieldChange[] {
  const { base, head } = lists;
  const added = new Set(head.keys());
  const indexes = groupBy([...head.keys()].reverse(), index => stableText(head[index] ?? null));
  const removed = [...base.keys()].filter(index => {
    const equal = indexes.get(stableText(base[index] ?? null))?.pop();
    return equal === undefined || !added.delete(equal);
  });
  const [before, after] = [removed[0], [...added][0]];
  if (removed.length === 1 && added.size === 1)
    return changesIn(entryPair(lists, before ?? 0, before, after));
  return [
    ...removed.flatMap(index => changesIn(entryPair(lists, index, index))),
    ...[...added].flatMap(index => changesIn(entryPair(lists, index, undefined, index))),
  ];
}

function entriesByName(field: string, list: readonly Json[]): Map<string, number> | undefined {
  const nameOf = Object.hasOwn(NAMES, field) ? NAMES[field] : undefined;
  if (nameOf === undefined) return undefined;
  const names = new Map<string, number>();
  for (const [index, entry] of list.entries()) {
    const name = isMap(entry) ? nameOf(entry) : undefined;
    if (name === undefined || names.has(name)) return undefined;
    names.set(name, index);
  }
  return names;
}

type NameOf = (entry: JsonObject) => string | undefined;

const byField =
  (...fields: readonly string[]): NameOf =>
  entry => {
    const values = fields
      .map(field => entry[field])
      .filter(value => typeof value === 'string' || typeof value === 'number');
    return values.length === 0 ? undefined : values.join('/');
  };

const byName = byField('name');

function sourceName(entry: JsonObject): string | undefined {
  const [kind, ref] = Object.entries(entry).find(([, value]) => isMap(value)) ?? [];
  const name = isMap(ref) ? byName(ref) : undefined;
  return kind === undefined || name === undefined ? undefined : `${kind}/${name}`;
}

function portName(entry: JsonObject): string | undefined {
  const port = byField('containerPort')(entry) ?? byField('port')(entry);
  return port && `${port}/${byField('protocol')(entry) ?? 'TCP'}`;
}

/** How entries are named, by the field of their list. CRDs do not say it (docs/facts/review.md#lists). */
const NAMES: Readonly<Record<string, NameOf>> = {
  ...Object.fromEntries(
    words(`containers initContainers ephemeralContainers env volumes imagePullSecrets roles
      externalClusters tablespaces plugins`).map(list => [list, byName]),
  ),
  envFrom: sourceName,
  volumeMounts: byField('mountPath'),
  volumeClaimTemplates: ({ metadata }) => (isMap(metadata) ? byName(metadata) : undefined),
  ports: portName,
  items: byField('key', 'path'),
  data: byField('secretKey'),
  subjects: byField('kind', 'namespace', 'name'),
  secretStoreRefs: byField('kind', 'name'),
  topologySpreadConstraints: byField('topologyKey', 'whenUnsatisfiable'),
  hostAliases: byField('ip'),
};

/** Lists of named entries whose order means something, and lists that are compared by their places (docs/facts/review.md#lists). */
const ORDERED = new Set(
  words(`args command env envFrom dataFrom initContainers items pg_hba pg_ident plugins
    templateFrom rewrite postInitSQL postInitApplicationSQL postInitTemplateSQL`),
);

/** Lists without names whose order means nothing. */
const SETS = new Set(
  words('tolerations verbs resources apiGroups resourceNames accessModes policyTypes finalizers'),
);

/** An object with its defaults, quantities in one spelling, and nothing that controllers write. */
export function effectiveForm(object: KubeObject): KubeObject {
  const group = groupOf(object);
  const kind = kindOf(group, object.kind);
  const { status, metadata, ...rest } = storedForm(object);
  // Where a definition does not say that controllers write it, a status is a field like any other.
  const isApplied = kind === undefined && group.includes('.') && !group.endsWith('.k8s.io');
  const filled = {
    ...rest,
    ...(isApplied && { status }),
    metadata: metadataForm(metadata as unknown as JsonObject),
  };
  const form = kind?.changes?.normalForm;
  const shaped = form === undefined ? filled : form(filled as unknown as JsonObject);
  return canonical(shaped as JsonObject) as unknown as KubeObject;
}

function metadataForm(metadata: unknown): JsonObject {
  if (!isMap(metadata)) return {};
  const { annotations, ...rest } = metadata;
  const written = fieldsWhere(rest, name => !isObserved(name));
  const kept = fieldsWhere(mapAt(annotations), name => name !== LAST_APPLIED);
  return Object.keys(kept).length > 0 ? { ...written, annotations: kept } : written;
}

function canonical(value: JsonObject): JsonObject {
  return withFields(value, Object.keys(value), canonicalField);
}

function canonicalField(name: string, value: Json | undefined): Json | undefined {
  if (isMap(value) && SETTINGS.has(name)) return value;
  if (Array.isArray(value)) return withItems(value, item => (isMap(item) ? canonical(item) : item));
  if (isMap(value) && AMOUNTS.has(name))
    return withFields(value, Object.keys(value), (_, field) => amount(field));
  // A field whose name is a user's own: it says nothing of the value.
  if (isMap(value) && WORDS.has(name))
    return withFields(value, Object.keys(value), (_, of) => (isMap(of) ? canonical(of) : of));
  if (isMap(value)) return canonical(value);
  return value === null ? undefined : SIZES.has(name) ? amount(value) : value;
}

function amount(value: Json | undefined): Json | undefined {
  return typeof value === 'string' ? quantityForm(value) : value;
}

/** Fields with values of charts, which are read as they are written. */
const SETTINGS = new Set(['values', 'valuesObject', 'valuesInline']);

/** Maps whose names are words of users (docs/facts/review.md#defaults). */
const WORDS = new Set(
  words('data stringData labels annotations matchLabels selector nodeSelector parameters'),
);

const SIZES = new Set(['size', 'sizeLimit']);

const AMOUNTS = new Set(['requests', 'limits']);

/** A quantity in one spelling for each amount: `1e9` is `1G`, `1073741824` is `1Gi` (by resource.Quantity). */
export function quantityForm(text: string): string {
  if (!/^\d+(\.\d+)?([eE]\d+)?$/.test(text)) return canonicalQuantity(text);
  const amount = Number(text);
  if (!Number.isSafeInteger(amount)) return canonicalQuantity(text);
  const isBinary = amount > 0 && amount % 1024 === 0;
  return canonicalQuantity(isBinary ? `${amount / 1024}Ki` : String(amount));
}
