import type { AwsCall, CallTable } from './aws-provider.ts';

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

/** What ESO calls in Secrets Manager (docs/facts/eso.md#calls-to-aws). */
export const SECRETS_MANAGER: CallTable = {
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
