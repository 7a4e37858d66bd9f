/** The services of AWS that ESO's provider reads and writes. */
export type AwsService = 'ParameterStore' | 'SecretsManager';

/**
 * What ESO does with an entry: reads its value or its tags, searches by path, by name alone or by
 * tags, pushes, gives what it pushed other tags, a resource policy or replicas, or deletes it.
 */
export type AwsUse =
  | 'value'
  | 'metadata'
  | 'path'
  | 'names'
  | 'tags'
  | 'push'
  | 'new tags'
  | 'no policy'
  | 'policy'
  | 'replicas'
  | 'delete';

/** A call to AWS that ESO makes. */
export interface AwsCall {
  /** As IAM names it. */
  readonly action: string;
  /**
   * What it is allowed on: the entry, the path and all below it, what a search may find, or
   * everything, where AWS knows no resource for the action.
   */
  readonly on: 'entry' | 'path' | 'found' | 'everything';
  /** `which ESO calls …`. */
  readonly when: string;
  /** What the caller has to be allowed on a customer's key that encrypts the value. */
  readonly key?: 'read' | 'write';
  /** What ESO takes instead where it is refused. */
  readonly other?: string;
  /** Of a search: how many entries one call brings; else one call is made. */
  readonly page?: number;
  /** Not made at a refresh that changes nothing, or allowed for the sake of another call alone. */
  readonly isRare?: true;
}

const NONE: readonly AwsCall[] = [];

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

const PARAMETER_STORE: Readonly<Record<AwsUse, readonly AwsCall[]>> = {
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
  names: NONE,
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
  'new tags': NONE,
  'no policy': NONE,
  policy: NONE,
  replicas: NONE,
  delete: [
    GET_PARAMETER,
    PARAMETER_TAGS,
    { action: 'ssm:DeleteParameter', on: 'entry', when: 'to delete what it pushed', isRare: true },
  ],
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

/** The value of each secret needs GetSecretValue all the same: `*` here gives none away. */
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

const SECRETS_MANAGER: Readonly<Record<AwsUse, readonly AwsCall[]>> = {
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

/** The calls that ESO makes (docs/facts/eso.md#calls-to-aws). */
export function callsOf(service: AwsService, use: AwsUse): readonly AwsCall[] {
  return (service === 'ParameterStore' ? PARAMETER_STORE : SECRETS_MANAGER)[use];
}
