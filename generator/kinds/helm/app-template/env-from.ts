import type { Path } from '../../../ground/finding.ts';
import { isMap, type Json, type JsonObject, textAt } from '../../../ground/json.ts';
import { copied, listPart, mapPart, type Part } from '../part.ts';
import { UNKNOWN_VALUE } from '../release.ts';
import { type App, nameOfEntry } from './app.ts';
import type { Located } from './app-object.ts';

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
      isMap(entry) ? (sourcePart(app, entry, [...at, index]) ?? []) : [],
    ),
  );
}

function sourcePart(app: App, entry: JsonObject, at: Path): Part | undefined {
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
