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

const GET_PARAMETER: AwsCall = {
  action: 'ssm:GetParameter',
  on: 'entry',
  when: 'for each entry',
  key: 'read',
};

const PARAMETER_TAGS: AwsCall = {
  action: 'ssm:ListTagsForResource',
  on: 'entry',
  when: 'for the tags of an entry',
};

/** What ESO calls in Parameter Store (docs/facts/eso.md#calls-to-aws). */
const PARAMETER_STORE: CallTable = {
  value: [GET_PARAMETER],
  metadata: [PARAMETER_TAGS],
  path: [
    {
      action: 'ssm:GetParametersByPath',
      on: 'path',
      when: 'to find parameters',
      key: 'read',
      other: 'ssm:DescribeParameters',
      page: 10,
    },
  ],
  tags: [
    {
      action: 'ssm:DescribeParameters',
      on: 'everything',
      when: 'to find parameters by tags',
      page: 10,
    },
    { action: 'ssm:GetParameter', on: 'found', when: 'for what it found', key: 'read', page: 1 },
  ],
  push: [
    GET_PARAMETER,
    PARAMETER_TAGS,
    { action: 'ssm:PutParameter', on: 'entry', when: 'to push', key: 'write', isRare: true },
    { action: 'ssm:AddTagsToResource', on: 'entry', when: 'to mark what it pushed', isRare: true },
    {
      action: 'ssm:RemoveTagsFromResource',
      on: 'entry',
      when: 'for tags that are not wanted',
      isRare: true,
    },
  ],
  delete: [
    GET_PARAMETER,
    PARAMETER_TAGS,
    { action: 'ssm:DeleteParameter', on: 'entry', when: 'to delete what it pushed', isRare: true },
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

const GET_SECRET_VALUE: AwsCall = {
  action: 'secretsmanager:GetSecretValue',
  on: 'entry',
  when: 'for each entry',
  key: 'read',
};

const DESCRIBE_SECRET: AwsCall = {
  action: 'secretsmanager:DescribeSecret',
  on: 'entry',
  when: 'for the tags of an entry',
};

const LIST_SECRETS: AwsCall = {
  action: 'secretsmanager:ListSecrets',
  on: 'everything',
  when: 'to find secrets',
  page: 100,
};

/** `*` is safe for BatchGetSecretValue: each value needs GetSecretValue as well. */
const BATCH: readonly AwsCall[] = [
  {
    action: 'secretsmanager:BatchGetSecretValue',
    on: 'everything',
    when: 'to find secrets by path or tags',
    page: 20,
  },
  { ...LIST_SECRETS, isRare: true },
  { ...GET_SECRET_VALUE, on: 'found', when: 'for what it found', isRare: true },
];

/** What ESO calls in Secrets Manager (docs/facts/eso.md#calls-to-aws). */
const SECRETS_MANAGER: CallTable = {
  value: [GET_SECRET_VALUE],
  metadata: [DESCRIBE_SECRET],
  path: BATCH,
  names: [LIST_SECRETS, { ...GET_SECRET_VALUE, on: 'found', when: 'for what it found', page: 1 }],
  tags: BATCH,
  push: [
    GET_SECRET_VALUE,
    DESCRIBE_SECRET,
    {
      action: 'secretsmanager:CreateSecret',
      on: 'entry',
      when: 'to push',
      key: 'write',
      isRare: true,
    },
    {
      action: 'secretsmanager:PutSecretValue',
      on: 'entry',
      when: 'to push',
      key: 'write',
      isRare: true,
    },
    {
      action: 'secretsmanager:TagResource',
      on: 'entry',
      when: 'to mark what it pushed',
      isRare: true,
    },
  ],
  'new tags': [
    {
      action: 'secretsmanager:UntagResource',
      on: 'entry',
      when: 'for tags that are not wanted',
      isRare: true,
    },
  ],
  'no policy': [
    {
      action: 'secretsmanager:DeleteResourcePolicy',
      on: 'entry',
      when: 'with every push that gives no resource policy',
    },
  ],
  policy: [
    { action: 'secretsmanager:GetResourcePolicy', on: 'entry', when: 'to compare the policy' },
    {
      action: 'secretsmanager:PutResourcePolicy',
      on: 'entry',
      when: 'to push the policy',
      isRare: true,
    },
  ],
  replicas: [
    {
      action: 'secretsmanager:ReplicateSecretToRegions',
      on: 'entry',
      when: 'for replicas',
      isRare: true,
    },
    {
      action: 'secretsmanager:RemoveRegionsFromReplication',
      on: 'entry',
      when: 'for replicas',
      isRare: true,
    },
  ],
  delete: [
    GET_SECRET_VALUE,
    DESCRIBE_SECRET,
    {
      action: 'secretsmanager:DeleteSecret',
      on: 'entry',
      when: 'to delete what it pushed',
      isRare: true,
    },
  ],
};

/** What ESO calls for a login to a registry of the account (docs/facts/eso.md#generators-of-aws). */
const CONTAINER_REGISTRY: CallTable = {
  token: [
    { action: 'ecr:GetAuthorizationToken', on: 'everything', when: 'for a login to the registry' },
  ],
};

/** The same for the public registry, whose token is one of STS (docs/facts/aws.md#registry-tokens). */
const PUBLIC_CONTAINER_REGISTRY: CallTable = {
  token: [
    {
      action: 'ecr-public:GetAuthorizationToken',
      on: 'everything',
      when: 'for a login to the public registry',
    },
    {
      action: 'sts:GetServiceBearerToken',
      on: 'everything',
      when: 'for a login to the public registry',
      isRare: true,
    },
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
