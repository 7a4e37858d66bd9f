import type { AwsCall, CallTable } from './aws-provider.ts';

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
export const PARAMETER_STORE: CallTable = {
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
