import type { Path } from '../../core/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt, without } from '../../core/json.ts';
import { asJson, isFromCluster, isUnresolved, type KubeObject } from '../../core/kube-object.ts';
import { argoSecrets } from '../argocd/application.ts';
import { copySourceOf } from '../copiers.ts';
import type { Kind } from '../kind.ts';
import { isSharedWithSealed } from '../sealed-secrets.ts';

export const coreSecret: Kind = {
  group: '',
  kind: 'Secret',
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  fields: {
    hosts: 'none',
    isPlainTextAllowed: true,
    contentAt: ([field]) => (field === 'data' ? 'secret' : undefined),
    secretNames: ['stringData'],
  },
  secrets: {
    mayHoldSymbols: () => true,
    annotationsAt: () => ['metadata', 'annotations'],
    valueSource: (object, key) => mapAt(object, 'data')[key],
    /** SOPS leaves what is not edited; all of several is another text where the key to it is another. */
    isReencrypted: (before, after) => {
      const [was, is] = [before, after].map(one => encryptedValues(one));
      const keys = Object.keys(is ?? {});
      return (
        keys.length > 1 && keys.every(key => was?.[key] !== undefined && is?.[key] !== was[key])
      );
    },
  },

  /**
   * Of a hand-written Secret the names of its keys, and nothing else. One that was read from a cluster
   * may be what another object made there.
   */
  makes: ({ json, name }) => {
    const type = textAt(json, 'type');
    const written = [json['data'], json['stringData']].flatMap(values =>
      Object.keys(mapAt(values)),
    );
    const filled = type === TOKEN ? ['token', 'ca.crt', 'namespace'] : [];
    return [
      {
        secret: name,
        path: ['metadata', 'name'],
        keys: new Set([...written, ...filled]),
        isOpen: false,
        ...(type !== undefined && { type }),
        ...((isSharedWithSealed(json) || isFromCluster(json)) && { isShared: true }),
      },
    ];
  },
  /** What a mirror is filled from. */
  reads: object => {
    const source = copySourceOf(object);
    return source === undefined ? [] : [{ ...source, isOptional: false, how: 'ref' }];
  },
  changes: { normalForm: object => without({ type: 'Opaque' }, withEncodedData(object)) },
};

const TOKEN = 'kubernetes.io/service-account-token';

function encryptedValues(secret: KubeObject): JsonObject {
  const isEncrypted = isMap(asJson(secret)['sops']);
  return isEncrypted ? { ...mapAt(secret, 'data'), ...mapAt(secret, 'stringData') } : {};
}

/** `stringData` is written over `data` when the Secret is applied. */
function withEncodedData(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  if (!isMap(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return { ...rest, data: { ...mapAt(rest['data']), ...Object.fromEntries(encoded) } };
}

export const configMap: Kind = {
  group: '',
  kind: 'ConfigMap',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  fields: {
    hosts: ['data'],
    /** Nobody can read binaryData, or see what is in it. */
    contentAt: ([field]) => (field === 'binaryData' ? 'secret' : 'settings'),
  },
  makes: argoSecrets,
};

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

/**
 * Where people wrote something else than a text under a key of a Secret; undefined: they wrote the text, or
 * nothing that can be read. The value itself goes no further.
 */
export function otherThan(object: KubeObject, key: string, text: string): Path | undefined {
  if (isMap(object['sops'])) return undefined;
  const plain = textAt(object, 'stringData', key);
  const encoded = textAt(object, 'data', key) ?? '';
  const value = plain ?? Buffer.from(encoded, 'base64').toString();
  if (value === '' || isUnresolved(value) || isUnresolved(encoded)) return undefined;
  return value.trim() === text ? undefined : [plain === undefined ? 'data' : 'stringData', key];
}

/** A login, as CNPG wants it. */
export const BASIC_AUTH = 'kubernetes.io/basic-auth';

/** With it machines join the cluster: no application reads such a Secret. */
export const BOOTSTRAP_TOKEN = 'bootstrap.kubernetes.io/token';

/** The key of a registry login, by the type of the Secret: the kubelet takes it from no other. */
export const LOGIN_KEYS: ReadonlyMap<string, string> = new Map([
  ['kubernetes.io/dockerconfigjson', '.dockerconfigjson'],
  ['kubernetes.io/dockercfg', '.dockercfg'],
]);

/** The keys that the API server wants of a Secret of a type, any one of a group (Kubernetes, "Secrets"). */
const REQUIRED = new Map<string, readonly (readonly string[])[]>([
  ['kubernetes.io/tls', [['tls.crt'], ['tls.key']]],
  ['kubernetes.io/ssh-auth', [['ssh-privatekey']]],
  [BASIC_AUTH, [['username', 'password']]],
  ...[...LOGIN_KEYS].map(([type, key]) => [type, [[key]]] as const),
]);

/** The groups of keys of which a Secret of a type has none. */
export function lackingKeys(type: string, keys: ReadonlySet<string>): (readonly string[])[] {
  return (REQUIRED.get(type) ?? []).filter(group => !group.some(key => keys.has(key)));
}
