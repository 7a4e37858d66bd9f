import type { Path } from '../../../ground/finding.ts';
import { isMap, type Json, type JsonObject, scalarText, textAt } from '../../../ground/json.ts';
import { copied, listPart, mapPart, type Part } from '../part.ts';
import { UNKNOWN_VALUE } from '../release.ts';
import { type App, nameOfEntry } from './app.ts';
import type { Located } from './app-object.ts';

/** A variable in the values: of a map, where its name is the key, or of a list. */
interface Variable extends Located {
  readonly name: string;
}

/** The variables of a container; those of a later source replace those of the same name. */
export function envPart(sources: readonly Located[]): Part | undefined {
  const [last] = sources.slice(-1);
  if (last === undefined) return undefined;
  const variables = Array.isArray(last.value) ? listed(last.value, last.at) : mapped(sources);
  return listPart(last.at, variables.map(variablePart));
}

function listed(entries: readonly Json[], at: Path): Variable[] {
  return entries.flatMap((value, index) => {
    const name = textAt(value, 'name');
    return name === undefined ? [] : [{ name, value, at: [...at, index] }];
  });
}

function mapped(sources: readonly Located[]): Variable[] {
  const variables = sources.flatMap(({ at, value }) =>
    isMap(value)
      ? Object.entries(value).map(
          ([name, of]): Variable => ({ name, value: of, at: [...at, name] }),
        )
      : [],
  );
  return ordered(new Map(variables.map(variable => [variable.name, variable])));
}

/** More of them are in the order of their names, whatever they depend on. */
const MOST_ORDERED = 1000;

/** By name, and behind those that a variable depends on (docs/facts/helm.md#variables-of-app-template). */
function ordered(variables: ReadonlyMap<string, Variable>): Variable[] {
  const waiting = [...variables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const depends = waiting.some(({ value }) => needs(value).length > 0);
  if (!depends || waiting.length > MOST_ORDERED) return waiting;
  const done = new Set<string>();
  const order: Variable[] = [];
  const isReady = ({ value }: Variable): boolean => needs(value).every(name => done.has(name));
  for (let next = waiting.findIndex(isReady); next >= 0; next = waiting.findIndex(isReady)) {
    order.push(...waiting.splice(next, 1));
    done.add(order.at(-1)?.name ?? '');
  }
  return [...order, ...waiting];
}

function needs(value: Json): readonly string[] {
  const { dependsOn = [] } = isMap(value) ? value : {};
  return (Array.isArray(dependsOn) ? dependsOn : [dependsOn]).filter(
    name => typeof name === 'string',
  );
}

function variablePart({ name, value, at }: Variable): Part {
  return mapPart(at, { name: copied(at, name), ...contentOf(value, at) });
}

/** A value, valueFrom, or what else would stand in valueFrom. */
function contentOf(value: Json, at: Path): Record<string, Part | undefined> {
  if (!isMap(value)) return { value: textPart(value, at) };
  if (Object.hasOwn(value, 'value'))
    return { value: textPart(value['value'] ?? null, [...at, 'value']) };
  const { valueFrom } = value;
  const source = isMap(valueFrom)
    ? sourcePart(valueFrom, [...at, 'valueFrom'])
    : sourcePart(value, at);
  return source === undefined ? { value: copied(at, UNKNOWN_VALUE) } : { valueFrom: source };
}

function textPart(value: Json, at: Path): Part | undefined {
  return value === null ? undefined : copied(at, scalarText(value));
}

const SOURCES = ['secretKeyRef', 'configMapKeyRef', 'fieldRef', 'resourceFieldRef'];

/** The sources that Kubernetes knows; the library has some of its own. */
function sourcePart(source: JsonObject, at: Path): Part | undefined {
  const known = SOURCES.filter(field => isMap(source[field]) && isNamed(source[field]));
  if (known.length === 0) return undefined;
  const fields = known.map(field => [field, copied([...at, field], source[field] ?? null)]);
  return mapPart(at, Object.fromEntries(fields));
}

/** Not by an identifier of the values. */
function isNamed(ref: Json | undefined): boolean {
  return isMap(ref) && !Object.hasOwn(ref, 'identifier');
}

/** Where the identifiers of a reference are looked up, and what it becomes. */
const REFS = [
  { field: 'configMapRef', short: 'configMap', entries: 'configMaps', becomes: 'configMapRef' },
  { field: 'secretRef', short: 'secret', entries: 'secrets', becomes: 'secretRef' },
  { field: 'externalSecretRef', entries: 'externalSecrets', becomes: 'secretRef' },
] as const;

type Ref = (typeof REFS)[number];

/** The sources of many variables; a reference names an object, or an entry of the values. */
export function envFromPart(app: App, { at, value }: Located): Part | undefined {
  const entries = Array.isArray(value) ? value : [];
  return listPart(
    at,
    entries.flatMap((entry, index) =>
      isMap(entry) ? (fromPart(app, entry, [...at, index]) ?? []) : [],
    ),
  );
}

function fromPart(app: App, entry: JsonObject, at: Path): Part | undefined {
  const { prefix } = entry;
  const [ref] = REFS.flatMap(kind => {
    const part = refPart(app, kind, entry, at);
    return part === undefined ? [] : [[kind.becomes, part] as const];
  });
  if (ref === undefined) return undefined;
  const [field, part] = ref;
  const given = typeof prefix === 'string' ? copied([...at, 'prefix'], prefix) : undefined;
  return mapPart(at, { [field]: part, prefix: given });
}

function refPart(app: App, kind: Ref, entry: JsonObject, at: Path): Part | undefined {
  const short = 'short' in kind ? entry[kind.short] : undefined;
  if ('short' in kind && typeof short === 'string') {
    const place = [...at, kind.short];
    const name = nameOfEntry(app, kind.entries, short) ?? short;
    return mapPart(place, { name: copied(place, name) });
  }
  const ref = entry[kind.field];
  return isMap(ref) ? longRef(app, kind, ref, [...at, kind.field]) : undefined;
}

function longRef(app: App, kind: Ref, ref: JsonObject, at: Path): Part | undefined {
  const id = textAt(ref, 'identifier') ?? '';
  const field = id === '' ? 'name' : 'identifier';
  const name: Json | undefined =
    id === '' ? ref['name'] : (nameOfEntry(app, kind.entries, id) ?? UNKNOWN_VALUE);
  return mapPart(at, {
    name: name === undefined ? undefined : copied([...at, field], name),
    optional: ref['optional'] === true ? copied([...at, 'optional'], true) : undefined,
  });
}
