import { type JsonObject, textAt } from '../../core/json.ts';
import type { AskedService, AwsCall, AwsUse, CallTable } from './stores.ts';

/** How many calls a second AWS allows an account in a region, for all of these actions together. */
export interface CallLimit {
  readonly name: string;
  readonly actions: readonly string[];
  readonly perSecond: number;
}

/** The throughput of Parameter Store that an account pays for (docs/facts/aws.md#limits-of-calls). */
export type Throughput = 'default' | 'higher';

/** The month in which the limits were read. */
export const LIMITS_OF = '2026-11';

const SECRETS_MANAGER_LIMITS: readonly CallLimit[] = [
  {
    name: 'reads of Secrets Manager',
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    perSecond: 10_000,
  },
  {
    name: 'resource policies of Secrets Manager',
    actions: [
      'secretsmanager:DeleteResourcePolicy',
      'secretsmanager:GetResourcePolicy',
      'secretsmanager:PutResourcePolicy',
    ],
    perSecond: 50,
  },
];

const LIMITS: Readonly<Record<Throughput, readonly CallLimit[]>> = {
  default: [
    {
      name: 'reads of Parameter Store',
      actions: ['ssm:GetParameter', 'ssm:GetParametersByPath'],
      perSecond: 40,
    },
    ...SECRETS_MANAGER_LIMITS,
  ],
  higher: [
    { name: 'reads of parameters', actions: ['ssm:GetParameter'], perSecond: 10_000 },
    { name: 'searches of parameters', actions: ['ssm:GetParametersByPath'], perSecond: 100 },
    ...SECRETS_MANAGER_LIMITS,
  ],
};

/** The limits of AWS on what ESO calls (docs/facts/aws.md#limits-of-calls). */
export function callLimits(throughput: Throughput): readonly CallLimit[] {
  return LIMITS[throughput];
}

/** A call to a service, as IAM names it. */
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
const BY_PATH = { ...READ, other: 'ssm:DescribeParameters', page: 10 } as const;

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
    GET_PARAMETER,
    PARAMETER_TAGS,
    ssm('PutParameter', 'entry', 'to push', WRITE),
    ssm('AddTagsToResource', 'entry', 'to mark what it pushed', RARE),
    ssm('RemoveTagsFromResource', 'entry', 'for tags that are not wanted', RARE),
  ],
  delete: [
    GET_PARAMETER,
    PARAMETER_TAGS,
    ssm('DeleteParameter', 'entry', 'to delete what it pushed', RARE),
  ],
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

/** The characters that AWS adds to the name in an ARN. */
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

const manager = callTo('secretsmanager');
const GET_SECRET_VALUE = manager('GetSecretValue', 'entry', 'for each entry', READ);
const DESCRIBE_SECRET = manager('DescribeSecret', 'entry', 'for the tags of an entry');
const LIST_SECRETS = manager('ListSecrets', 'everything', 'to find secrets', { page: 100 });

/** Gets each secret that a search found. */
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
    GET_SECRET_VALUE,
    DESCRIBE_SECRET,
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
  delete: [
    GET_SECRET_VALUE,
    DESCRIBE_SECRET,
    manager('DeleteSecret', 'entry', 'to delete what it pushed', RARE),
  ],
};

const LOGIN = 'for a login to the registry';
const PUBLIC_LOGIN = 'for a login to the public registry';

/** What ESO calls for a login to a registry of the account (docs/facts/eso.md#generators-of-aws). */
const CONTAINER_REGISTRY: CallTable = {
  token: [callTo('ecr')('GetAuthorizationToken', 'everything', LOGIN)],
};

/** The same for the public registry, whose token is one of STS (docs/facts/aws.md#registry-tokens). */
const PUBLIC_CONTAINER_REGISTRY: CallTable = {
  token: [
    callTo('ecr-public')('GetAuthorizationToken', 'everything', PUBLIC_LOGIN),
    callTo('sts')('GetServiceBearerToken', 'everything', PUBLIC_LOGIN, RARE),
  ],
};

const CALLS: Readonly<Record<AskedService, CallTable>> = {
  ParameterStore: PARAMETER_STORE,
  SecretsManager: SECRETS_MANAGER,
  ContainerRegistry: CONTAINER_REGISTRY,
  PublicContainerRegistry: PUBLIC_CONTAINER_REGISTRY,
};

/** The calls that ESO makes (docs/facts/eso.md#calls-to-aws). */
export function callsOf(service: AskedService, use: AwsUse): readonly AwsCall[] {
  return CALLS[service][use] ?? [];
}
