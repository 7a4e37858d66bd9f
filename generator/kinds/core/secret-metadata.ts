import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { coreSecret } from './secret.ts';

/** Of a Secret in a cluster what is no value: all that is ever kept of one. */
export interface SecretMetadata {
  readonly namespace: string;
  readonly name: string;
  /** Absent: what was read does not tell. */
  readonly keys?: ReadonlySet<string>;
  /** It may have keys that `keys` does not name. */
  readonly hasMore?: true;
  readonly created?: string;
  /** Of the whole object: each change of it, of its metadata too, gives it another one. */
  readonly version?: string;
  readonly labels: JsonObject;
  /** When somebody last wrote the fields that its data is among; absent: it is not told. */
  readonly written?: string;
}

/** What `kubectl` gives instead of an object whose content nobody asked for; it does not say of which kind. */
const PARTIAL = 'PartialObjectMetadata';

/** Whether what an API server answered is a Secret, or the metadata of one. */
export function isSecretAnswer(apiVersion: string, kind: string): boolean {
  if (kind === PARTIAL) return apiVersion.startsWith('meta.k8s.io/');
  return kind === coreSecret.kind && apiVersion === 'v1';
}

/**
 * The metadata of a Secret: its keys by name, from its data or from who manages it; `count` of them says
 * whether all have a manager (docs/facts/kubernetes.md#metadata-of-secrets).
 */
export function secretMetadata(object: JsonObject, count?: number): SecretMetadata {
  const managers = listAt(object, 'metadata', 'managedFields').filter(managesData);
  const written = managers.flatMap(entry => textAt(entry, 'time') ?? []).sort();
  const created = textAt(object, 'metadata', 'creationTimestamp');
  const version = textAt(object, 'metadata', 'resourceVersion');
  return {
    namespace: textAt(object, 'metadata', 'namespace') ?? '',
    name: textAt(object, 'metadata', 'name') ?? '',
    labels: mapAt(object, 'metadata', 'labels'),
    ...keysOf(object, managers, count),
    ...(version !== undefined && { version }),
    ...(created !== undefined && { created }),
    ...(written.length > 0 && { written: written.at(-1) ?? '' }),
  };
}

function keysOf(
  object: JsonObject,
  managers: readonly unknown[],
  count: number | undefined,
): Pick<SecretMetadata, 'keys' | 'hasMore'> {
  if (isMap(object['data'])) return { keys: new Set(Object.keys(object['data'])) };
  if (managers.length === 0 && count !== 0) return {};
  const keys = new Set(managers.flatMap(managedKeys));
  // What was applied as stringData is nobody's afterwards, and stays when it is no longer applied.
  const isWhole = count === undefined ? !managers.some(isPlain) : count === keys.size;
  return { keys, ...(!isWhole && { hasMore: true }) };
}

function managesData(entry: unknown): boolean {
  return isMap(mapAt(entry, 'fieldsV1')['f:data']) || isPlain(entry);
}

function isPlain(entry: unknown): boolean {
  return isMap(mapAt(entry, 'fieldsV1')['f:stringData']);
}

function managedKeys(entry: unknown): string[] {
  return ['f:data', 'f:stringData']
    .flatMap(field => Object.keys(mapAt(entry, 'fieldsV1', field)))
    .filter(field => field.startsWith('f:'))
    .map(field => field.slice(2));
}

/** What an API server is asked for that tells most of Secrets and nothing of their values. */
export const SECRET_TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';

/** The number of keys stands in a column of this name (docs/facts/kubernetes.md#metadata-of-secrets). */
const COUNT = 'Data';

/** The Secrets of a Table: their metadata, and how many keys each has; undefined: it is no Table of them. */
export function secretsInTable(document: unknown): readonly SecretMetadata[] | undefined {
  if (!isMap(document) || document['kind'] !== 'Table') return undefined;
  if (!(textAt(document, 'apiVersion') ?? '').startsWith('meta.k8s.io/')) return undefined;
  const column = listAt(document, 'columnDefinitions').findIndex(
    definition => textAt(definition, 'name') === COUNT,
  );
  if (column < 0) return undefined;
  return listAt(document, 'rows').flatMap(row => {
    const count = Number(listAt(row, 'cells')[column] ?? Number.NaN);
    return metadataIn(row).map(object => secretMetadata(object, count));
  });
}

/** Where metadata was not asked for a row has none. */
function metadataIn(row: unknown): JsonObject[] {
  const object = mapAt(row, 'object');
  // Whatever else the object holds goes no further.
  return isMap(object['metadata']) ? [{ metadata: object['metadata'] }] : [];
}
