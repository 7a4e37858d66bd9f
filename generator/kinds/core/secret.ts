import type { NamespacedName, Path } from '../../core/finding.ts';
import type { JsonObject } from '../../core/json.ts';
import {
  isMap,
  listAt,
  mapAt,
  mapValues,
  numberIn,
  scalarText,
  textAt,
  withoutUsual,
} from '../../core/json.ts';
import { asJson, isFromCluster, isUnresolved, type KubeObject } from '../../core/kube-object.ts';
import { argoSecrets, settingsReads } from '../argocd/application.ts';
import { copySourceOf } from '../copiers.ts';
import { type Content, type Kind, namedAfter, ofKubernetes } from '../kind.ts';
import { isSharedWithSealed } from '../sealed-secrets.ts';

export const coreSecret: Kind = {
  ...ofKubernetes('', 'Secret', '1.0'),
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
    /** SOPS keeps the texts that are not edited. If all of several differ, it encrypted them with another key. */
    isReencrypted: (before, after) => {
      const [was, is] = [encryptedValues(before), encryptedValues(after)];
      const keys = Object.keys(is);
      return keys.length > 1 && keys.every(key => was[key] !== undefined && is[key] !== was[key]);
    },
  },
  /** Only the names of its keys are read. One of a cluster, or without keys, may be filled by another object: it is shared. */
  makes: ({ json, name }) => {
    const type = textAt(json, 'type');
    const written = ['data', 'stringData'].flatMap(field => Object.keys(mapAt(json, field)));
    const filled = type === TOKEN ? TOKEN_KEYS : [];
    const isShared = written.length === 0 || isSharedWithSealed(json) || isFromCluster(json);
    return [namedAfter(name, [...written, ...filled], { type, isShared })];
  },
  reads: object => {
    const source = copySourceOf(object);
    return source === undefined ? [] : [{ ...source, isOptional: false, how: 'ref' }];
  },
  changes: { normalForm: object => withoutUsual({ type: 'Opaque' })(withEncodedData(object)) },
};

const TOKEN = 'kubernetes.io/service-account-token';

/** The last is of OpenShift (docs/facts/operators.md#openshift). */
const TOKEN_KEYS = ['token', 'ca.crt', 'namespace', 'service-ca.crt'];

function encryptedValues(secret: KubeObject): JsonObject {
  const isEncrypted = isMap(asJson(secret)['sops']);
  return isEncrypted ? { ...mapAt(secret, 'data'), ...mapAt(secret, 'stringData') } : {};
}

function withEncodedData(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  if (!isMap(stringData)) return object;
  const encoded = mapValues(stringData, value => Buffer.from(scalarText(value)).toString('base64'));
  return { ...rest, data: { ...mapAt(rest['data']), ...encoded } };
}

/** The files of a ConfigMap; what is no text may be a key store. */
const CONTENT: Readonly<Record<string, Content>> = { data: 'settings', binaryData: 'secret' };

export const configMap: Kind = {
  ...ofKubernetes('', 'ConfigMap', '1.0'),
  isUnmistakable: true,
  fields: {
    hosts: ['data'],
    /** Nobody can read binaryData, or see what is in it. */
    contentAt: ([field]) => CONTENT[field ?? ''],
  },
  makes: argoSecrets,
  reads: settingsReads,
};

/** All that is ever kept of a Secret in a cluster: nothing of its values. */
export interface SecretMetadata extends NamespacedName {
  readonly keys?: ReadonlySet<string>;
  /** It may have keys that `keys` does not name. */
  readonly hasMore?: true;
  readonly created?: string | undefined;
  /** Its resourceVersion, which each change of the object replaces. */
  readonly version?: string | undefined;
  readonly labels: JsonObject;
  /** When its data, or fields that are managed together with it, were last written; absent: not known. */
  readonly written?: string | undefined;
}

/** The kind of an object of which only metadata was asked for; it does not tell the real kind. */
const PARTIAL = 'PartialObjectMetadata';

/** Whether what an API server answered is a Secret, or the metadata of one. */
export function isSecret({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  if (kind === PARTIAL) return apiVersion.startsWith('meta.k8s.io/');
  return kind === coreSecret.kind && apiVersion === 'v1';
}

/** Its keys are from data or managedFields; `count` tells whether these are all (docs/facts/kubernetes.md#metadata-of-secrets). */
export function secretMetadata(object: JsonObject, count?: number): SecretMetadata {
  const managers = listAt(object, 'metadata', 'managedFields').filter(
    entry => isMap(mapAt(entry, 'fieldsV1')['f:data']) || isPlain(entry),
  );
  const written = managers.flatMap(entry => textAt(entry, 'time') ?? []).sort();
  return {
    namespace: textAt(object, 'metadata', 'namespace') ?? '',
    name: textAt(object, 'metadata', 'name') ?? '',
    labels: mapAt(object, 'metadata', 'labels'),
    ...keysOf(object, managers, count),
    version: textAt(object, 'metadata', 'resourceVersion'),
    created: textAt(object, 'metadata', 'creationTimestamp'),
    written: written.at(-1),
  };
}

function keysOf(object: JsonObject, managers: readonly unknown[], count: number | undefined) {
  if (isMap(object['data'])) return { keys: new Set(Object.keys(object['data'])) };
  if (managers.length === 0 && count !== 0) return {};
  const keys = new Set(managers.flatMap(managedKeys));
  // A key that was applied as stringData has no manager, and stays when it is no longer applied.
  const isWhole = count === undefined ? !managers.some(isPlain) : count === keys.size;
  return { keys, ...(!isWhole && { hasMore: true }) };
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

/** The answer that tells most of Secrets without their values. */
export const SECRET_TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';

/** The column with the number of keys (docs/facts/kubernetes.md#metadata-of-secrets). */
const COUNT = 'Data';

/** The metadata of the Secrets in a Table, and how many keys each has; undefined: this is no Table of Secrets. */
export function secretsInTable(document: unknown): readonly SecretMetadata[] | undefined {
  if (!isMap(document) || document['kind'] !== 'Table') return undefined;
  if (!(textAt(document, 'apiVersion') ?? '').startsWith('meta.k8s.io/')) return undefined;
  const column = listAt(document, 'columnDefinitions').findIndex(
    definition => textAt(definition, 'name') === COUNT,
  );
  if (column < 0) return undefined;
  return listAt(document, 'rows').flatMap(row => {
    const count = numberIn(listAt(row, 'cells')[column]);
    const { metadata } = mapAt(row, 'object');
    return isMap(metadata) ? secretMetadata({ metadata }, count) : [];
  });
}

/** The path of a key of a Secret if its value differs from a text; undefined: the same, or unreadable. */
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

/** The type of a Secret with which machines join the cluster; no application reads one. */
export const BOOTSTRAP_TOKEN = 'bootstrap.kubernetes.io/token';

/** The key of a registry login, by the type of the Secret: the kubelet takes it from no other. */
export const LOGIN_KEYS: ReadonlyMap<string, string> = new Map([
  ['kubernetes.io/dockerconfigjson', '.dockerconfigjson'],
  ['kubernetes.io/dockercfg', '.dockercfg'],
]);

/** The keys that the API server demands by the type of a Secret: one of each group (Kubernetes, "Secrets"). */
const REQUIRED = new Map<string, readonly (readonly string[])[]>([
  ['kubernetes.io/tls', [['tls.crt'], ['tls.key']]],
  ['kubernetes.io/ssh-auth', [['ssh-privatekey']]],
  [BASIC_AUTH, [['username', 'password']]],
  ...[...LOGIN_KEYS].map(([type, key]) => [type, [[key]]] as const),
]);

/** The groups of which a Secret of this type has no key. */
export function lackingKeys(type: string, keys: ReadonlySet<string>): (readonly string[])[] {
  return (REQUIRED.get(type) ?? []).filter(group => !group.some(key => keys.has(key)));
}
