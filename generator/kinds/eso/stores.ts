import type { ObjectName, Path } from '../../core/finding.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { fieldsWhere, isMap, mapAt, mapValues, textAt, words } from '../../core/json.ts';
import type { Find, How, Kind, ObjectField, PlacedObject, Read } from '../kind.ts';
import { specOf } from '../kind.ts';
import { refRead } from '../secret-refs.ts';
import { ESO, served } from './group.ts';

/** Where a provider is, and with which login: never secrets, which are references. */
const STORE_FIELDS = words(
  'server url vaultUrl projectID project vault vaults.* auth.*.role auth.*.mountPath server.url',
).map(field => `spec.provider.*.${field}`);

const store = {
  group: ESO,
  served,
  data: { isPrecious: true },
  reads: loginReads,
  secrets: {
    byHand: loginReads,
    isValueSource: ([first, field]: Path) => first === 'spec' && field === 'provider',
  },
} as const;

export const secretStore: Kind = {
  ...store,
  kind: 'SecretStore',
  fields: { secretNames: ['fake'], shows: STORE_FIELDS },
};

export const clusterSecretStore: Kind = {
  ...store,
  kind: 'ClusterSecretStore',
  isOfCluster: true,
  isUnmistakable: true,
  fields: { shows: STORE_FIELDS },
};

function loginReads(object: PlacedObject): Read[] {
  return providerReads(mapAt(specOf(object), 'provider'), ['spec', 'provider']);
}

/** All references to keys of Secrets below a provider: each map with `name` and `key`, but of a ConfigMap. */
export function providerReads(value: Json, path: Path, how: How = 'store'): Read[] {
  if (Array.isArray(value))
    return value.flatMap((entry, index) => providerReads(entry, [...path, index], how));
  if (!isMap(value) || isOfConfigMap(value, path)) return [];
  if (typeof value['name'] === 'string' && typeof value['key'] === 'string')
    return refRead(value, { path, how, namespace: textAt(value, 'namespace') });
  return Object.entries(value).flatMap(([name, part]) => providerReads(part, [...path, name], how));
}

function isOfConfigMap(value: JsonObject, path: Path): boolean {
  const field = path.at(-1);
  return field === 'credConfig' || (field === 'caProvider' && value['type'] !== 'Secret');
}

/** What a `secretStoreRef` may name. */
export const STORES: readonly Kind[] = [secretStore, clusterSecretStore];

/** The kind of store that a reference names; undefined: there is none. */
export function storeKind(kind: string): Kind | undefined {
  return STORES.find(store => store.kind === kind);
}

/** The store that a reference in a namespace means. */
export function storeOf(find: Find, ref: StoreRef, namespace: string): PlacedObject | undefined {
  const kind = storeKind(ref.kind);
  return kind && find(kind, kind.isOfCluster ? '' : namespace, ref.name);
}

export interface StoreRef {
  readonly kind: string;
  readonly name: string;
  readonly path: Path;
}

/** A reference to a store, by default to a SecretStore (docs/facts/eso.md#store-references). */
export function storeRefOf(value: unknown, path: Path): StoreRef | undefined {
  if (!isMap(value)) return undefined;
  const kind = textAt(value, 'kind') ?? secretStore.kind;
  return { kind, name: textAt(value, 'name') ?? '', path };
}

/** The name of a store; a ClusterSecretStore has no namespace. */
export function storeName({ kind, name }: Omit<StoreRef, 'path'>, namespace: string): ObjectName {
  return kind === clusterSecretStore.kind ? { kind, name } : { kind, namespace, name };
}

/** Fields that say how a store is reached: a change of them changes no value that it reads (docs/facts/eso.md#vaults-of-1password). */
export const WAY_FIELDS: ReadonlySet<string> = new Set(['caBundle', 'caProvider', 'connectHost']);

/** The settings that decide which values a store reads: its provider without the login and WAY_FIELDS. Undefined: only the login decides. */
export function valueSettings(store: PlacedObject): JsonObject | undefined {
  const provider = mapAt(specOf(store), 'provider');
  const settings = mapValues(provider, fields =>
    fieldsWhere(mapAt(fields), field => field !== 'auth' && !WAY_FIELDS.has(field)),
  );
  const isKnown = Object.values(settings).some(fields => Object.keys(fields).length > 0);
  return isKnown ? settings : undefined;
}

/** The namespace that a kubernetes store reads; undefined for other stores. */
export function remoteNamespaceOf(store: PlacedObject): string | undefined {
  const provider = mapAt(specOf(store), 'provider');
  if (!isMap(provider['kubernetes']) || Object.keys(provider).length > 1) return undefined;
  return textAt(provider, 'kubernetes', 'remoteNamespace') ?? 'default';
}

/** Whether a kubernetes store reads the cluster that it is in. */
export function isInCluster(store: PlacedObject): boolean {
  const url = textAt(specOf(store), 'provider', 'kubernetes', 'server', 'url');
  return remoteNamespaceOf(store) !== undefined && isOwnApiServer(url ?? 'kubernetes.default');
}

/** Whether a URL is that of the API server from inside of its cluster. */
export function isOwnApiServer(url: string): boolean {
  return /^(https:\/\/)?kubernetes(\.default(\.svc(\.cluster\.local)?)?)?(:\d+)?\/?$/.test(url);
}

export type AwsService = 'ParameterStore' | 'SecretsManager';

/** A service of AWS that ESO calls; only its generators call the registries. */
export type CalledService = AwsService | 'ContainerRegistry' | 'PublicContainerRegistry';

type AwsRead = 'value' | 'metadata' | 'path' | 'names' | 'tags' | 'token';
type AwsWrite = 'push' | 'new tags' | 'no policy' | 'policy' | 'replicas' | 'delete';

/** What ESO does with an entry; `token` is that of a registry. */
export type AwsUse = AwsRead | AwsWrite;

export interface AwsCall {
  readonly action: string;
  /** The resources to allow: the entry, the path and all below it, all that a search may find, or everything. */
  readonly on: 'entry' | 'path' | 'found' | 'everything';
  /** The end of a sentence: `which ESO calls …`. */
  readonly when: string;
  /** The permission that it needs on a KMS key of the customer's that encrypts the value. */
  readonly key?: 'read' | 'write';
  /** The action that ESO calls if this one is refused. */
  readonly fallback?: string;
  /** How many entries one call of a search returns. */
  readonly page?: number;
  /** A refresh without changes does not call it, or it is here only as a permission that another call needs. */
  readonly isRare?: true;
}

type CallTable = Readonly<Partial<Record<AwsUse, readonly AwsCall[]>>>;

/** An object with which ESO calls AWS, and its login. */
export interface AwsSource extends ObjectField {
  readonly settings: JsonObject;
  readonly service: CalledService;
  readonly region: string;
}

export interface AwsStore extends AwsSource {
  readonly service: AwsService;
}

/** A store as one of AWS; undefined: it reads something else. */
export function awsStore(object: PlacedObject): AwsStore | undefined {
  const settings = mapAt(specOf(object), 'provider')['aws'];
  if (!isMap(settings)) return undefined;
  const { service } = settings;
  if (service !== 'ParameterStore' && service !== 'SecretsManager') return undefined;
  const region = textAt(settings, 'region') ?? '';
  return { object, path: ['spec', 'provider', 'aws'], settings, service, region };
}

/** How many calls a second AWS allows an account in a region, for all of these actions together. */
export interface CallLimit {
  readonly name: string;
  readonly actions: readonly string[];
  readonly perSecond: number;
}

/** The throughput setting of Parameter Store; `higher` is paid for (docs/facts/aws.md#limits-of-calls). */
export type Throughput = 'default' | 'higher';

/** The month in which the limits were read. */
export const LIMITS_OF = '2026-11';

function limit(name: string, perSecond: number, service: string, calls: string): CallLimit {
  return { name, actions: words(calls).map(call => `${service}:${call}`), perSecond };
}

const SECRETS_MANAGER_LIMITS: readonly CallLimit[] = [
  limit('reads of Secrets Manager', 10_000, 'secretsmanager', 'GetSecretValue DescribeSecret'),
  limit(
    'resource policies of Secrets Manager',
    50,
    'secretsmanager',
    'DeleteResourcePolicy GetResourcePolicy PutResourcePolicy',
  ),
];

/** The limits of AWS on what ESO calls (docs/facts/aws.md#limits-of-calls). */
export const CALL_LIMITS: Readonly<Record<Throughput, readonly CallLimit[]>> = {
  default: [
    limit('reads of Parameter Store', 40, 'ssm', 'GetParameter GetParametersByPath'),
    ...SECRETS_MANAGER_LIMITS,
  ],
  higher: [
    limit('reads of parameters', 10_000, 'ssm', 'GetParameter'),
    limit('searches of parameters', 100, 'ssm', 'GetParametersByPath'),
    ...SECRETS_MANAGER_LIMITS,
  ],
};

function callTo(service: string) {
  return (
    name: string,
    on: AwsCall['on'],
    when: string,
    more: Omit<AwsCall, 'action' | 'on' | 'when'> = {},
  ): AwsCall => ({ action: `${service}:${name}`, on, when, ...more });
}

const READ = { key: 'read' } as const;
const RARE = { isRare: true } as const;
const WRITE = { key: 'write', ...RARE } as const;
const ssm = callTo('ssm');
const GET_PARAMETER = ssm('GetParameter', 'entry', 'for each entry', READ);
const PARAMETER_TAGS = ssm('ListTagsForResource', 'entry', 'for the tags of an entry');
const PARAMETER_LOOKS = [GET_PARAMETER, PARAMETER_TAGS];
const BY_PATH = { ...READ, fallback: 'ssm:DescribeParameters', page: 10 } as const;

/** What ESO calls in Parameter Store (docs/facts/eso.md#calls-to-aws). */
const PARAMETER_STORE: CallTable = {
  value: [GET_PARAMETER],
  metadata: [PARAMETER_TAGS],
  path: [ssm('GetParametersByPath', 'path', 'to find parameters', BY_PATH)],
  tags: [
    ssm('DescribeParameters', 'everything', 'to find parameters by tags', { page: 10 }),
    ssm('GetParameter', 'found', 'for what it found', { ...READ, page: 1 }),
  ],
  push: [
    ...PARAMETER_LOOKS,
    ssm('PutParameter', 'entry', 'to push', WRITE),
    ssm('AddTagsToResource', 'entry', 'to mark what it pushed', RARE),
    ssm('RemoveTagsFromResource', 'entry', 'for tags that are not wanted', RARE),
  ],
  delete: [...PARAMETER_LOOKS, ssm('DeleteParameter', 'entry', 'to delete what it pushed', RARE)],
};

/** In words, as a hint (docs/facts/aws.md#parameter-names). */
export const PARAMETER_NAMES =
  'Parameter Store allows letters, digits, ".", "-", "_" and "/", at most 15 levels, not beginning with aws or ssm.';

/** Why AWS refuses a name, as the end of a sentence; undefined: it is legal. */
export function parameterNameFault(name: string): string | undefined {
  const levels = name.replace(/^\//, '').split('/');
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(name)) return 'it has a character that is not allowed';
  if (levels.includes('')) return 'it has an empty level';
  if (levels.length > 1 && !name.startsWith('/')) return 'a name with levels begins with "/"';
  if (levels.length > 15) return `it has ${levels.length} levels`;
  if (/^(aws|ssm)/i.test(levels[0] ?? '')) return `it begins with "${levels[0]?.slice(0, 3)}"`;
  if (name.length > MOST_CHARACTERS) return `it has ${name.length} characters`;
  return undefined;
}

/** 1011 with the ARN prefix before the name, `arn:aws:ssm:us-east-1:123456789012:parameter`. */
const MOST_CHARACTERS = 1011 - 'arn:aws:ssm:us-east-1:000000000000:parameter'.length;

/** In words, as a hint (docs/facts/aws.md#secrets). */
export const SECRET_NAMES =
  'Secrets Manager allows letters, digits and /_+=.@-, at most 512 characters.';

/** Why AWS refuses the name of a secret, as the end of a sentence; undefined: it is legal. */
export function secretNameFault(name: string): string | undefined {
  if (!/^[\w/+=.@!-]+$/.test(name)) return 'it has a character that is not allowed';
  return name.length > 512 + SUFFIX ? `it has ${name.length} characters` : undefined;
}

const SUFFIX = '-AbCdEf'.length;

/** The type of the parameter that a push makes, by the spec of its metadata (docs/facts/eso.md#calls-to-aws). */
export function parameterType(metadata: JsonObject | undefined): string {
  return textAt(metadata, 'secretType') || 'String';
}

/** The metadata with which a pushed parameter is encrypted. */
export const SECURE_STRING: JsonObject = {
  apiVersion: 'kubernetes.external-secrets.io/v1alpha1',
  kind: 'PushSecretMetadata',
  spec: { secretType: 'SecureString' },
};

/** `metadata.spec` of what a PushSecret pushes. ESO reads it with Go's JSON, which finds a field in any case: `kmsKeyId`. */
export function pushMetadata(entry: unknown): JsonObject {
  return mapAt(inWrittenCase(mapAt(entry, 'metadata')), 'spec');
}

const METADATA_FIELDS = new Map(
  words(
    'spec secretType kmsKeyID tier type tags resourcePolicy replicationLocations remoteNamespace',
  ).map(name => [name.toLowerCase(), name]),
);

function inWrittenCase(value: Json): Json {
  if (!isMap(value)) return value;
  const fields = Object.entries(value).map(([name, child]): [string, Json] => {
    // `ſ` is an "s", and the Kelvin sign a "k".
    return [METADATA_FIELDS.get(name.toUpperCase().toLowerCase()) ?? name, inWrittenCase(child)];
  });
  return Object.fromEntries(fields);
}

const manager = callTo('secretsmanager');
const GET_SECRET_VALUE = manager('GetSecretValue', 'entry', 'for each entry', READ);
const DESCRIBE_SECRET = manager('DescribeSecret', 'entry', 'for the tags of an entry');
const SECRET_LOOKS = [GET_SECRET_VALUE, DESCRIBE_SECRET];
const LIST_SECRETS = manager('ListSecrets', 'everything', 'to find secrets', { page: 100 });
const GET_FOUND = { ...GET_SECRET_VALUE, on: 'found', when: 'for what it found' } as const;

/** `*` is safe for BatchGetSecretValue: each value needs GetSecretValue as well. */
const BATCH: readonly AwsCall[] = [
  manager('BatchGetSecretValue', 'everything', 'to find secrets by path or tags', { page: 20 }),
  { ...LIST_SECRETS, isRare: true },
  { ...GET_FOUND, isRare: true },
];

/** What ESO calls in Secrets Manager (docs/facts/eso.md#calls-to-aws). */
const SECRETS_MANAGER: CallTable = {
  value: [GET_SECRET_VALUE],
  metadata: [DESCRIBE_SECRET],
  path: BATCH,
  names: [LIST_SECRETS, { ...GET_FOUND, page: 1 }],
  tags: BATCH,
  push: [
    ...SECRET_LOOKS,
    manager('CreateSecret', 'entry', 'to push', WRITE),
    manager('PutSecretValue', 'entry', 'to push', WRITE),
    manager('TagResource', 'entry', 'to mark what it pushed', RARE),
  ],
  'new tags': [manager('UntagResource', 'entry', 'for tags that are not wanted', RARE)],
  'no policy': [
    manager('DeleteResourcePolicy', 'entry', 'with every push that gives no resource policy'),
  ],
  policy: [
    manager('GetResourcePolicy', 'entry', 'to compare the policy'),
    manager('PutResourcePolicy', 'entry', 'to push the policy', RARE),
  ],
  replicas: [
    manager('ReplicateSecretToRegions', 'entry', 'for replicas', RARE),
    manager('RemoveRegionsFromReplication', 'entry', 'for replicas', RARE),
  ],
  delete: [...SECRET_LOOKS, manager('DeleteSecret', 'entry', 'to delete what it pushed', RARE)],
};

const LOGIN = 'for a login to the registry';
const PUBLIC_LOGIN = 'for a login to the public registry';

const CALLS: Readonly<Record<CalledService, CallTable>> = {
  ParameterStore: PARAMETER_STORE,
  SecretsManager: SECRETS_MANAGER,
  // docs/facts/eso.md#generators-of-aws
  ContainerRegistry: { token: [callTo('ecr')('GetAuthorizationToken', 'everything', LOGIN)] },
  // Its token is one of STS (docs/facts/aws.md#registry-tokens).
  PublicContainerRegistry: {
    token: [
      callTo('ecr-public')('GetAuthorizationToken', 'everything', PUBLIC_LOGIN),
      callTo('sts')('GetServiceBearerToken', 'everything', PUBLIC_LOGIN, RARE),
    ],
  },
};

/** The calls that ESO makes (docs/facts/eso.md#calls-to-aws). */
export function callsOf(service: CalledService, use: AwsUse): readonly AwsCall[] {
  return CALLS[service][use] ?? [];
}
