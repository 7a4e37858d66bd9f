import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { coreSecret } from './secret.ts';

/** Of a Secret in a cluster what is no value: all that is ever kept of one. */
export interface SecretMetadata {
  readonly namespace: string;
  readonly name: string;
  /** Absent: what was read does not tell. */
  readonly keys?: ReadonlySet<string>;
  readonly created?: string;
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

/** The metadata of a Secret: its keys by name, from its data or from who manages it (docs/facts/kubernetes.md#metadata-of-secrets). */
export function secretMetadata(object: JsonObject): SecretMetadata {
  const managers = listAt(object, 'metadata', 'managedFields').filter(managesData);
  const written = managers.flatMap(entry => textAt(entry, 'time') ?? []).sort();
  const created = textAt(object, 'metadata', 'creationTimestamp');
  const keys = keysOf(object) ?? managedKeys(managers);
  return {
    namespace: textAt(object, 'metadata', 'namespace') ?? '',
    name: textAt(object, 'metadata', 'name') ?? '',
    ...(keys !== undefined && { keys: new Set(keys) }),
    ...(created !== undefined && { created }),
    ...(written.length > 0 && { written: written.at(-1) ?? '' }),
  };
}

function keysOf(object: JsonObject): string[] | undefined {
  return isMap(object['data']) ? Object.keys(object['data']) : undefined;
}

function managesData(entry: unknown): boolean {
  return isMap(mapAt(entry, 'fieldsV1')['f:data']);
}

function managedKeys(managers: readonly unknown[]): string[] | undefined {
  if (managers.length === 0) return undefined;
  return managers
    .flatMap(entry => Object.keys(mapAt(entry, 'fieldsV1', 'f:data')))
    .filter(field => field.startsWith('f:'))
    .map(field => field.slice(2));
}
