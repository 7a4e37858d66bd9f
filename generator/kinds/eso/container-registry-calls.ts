import type { CallTable } from './aws-call.ts';

/** What ESO calls for a login to a registry of the account (docs/facts/eso.md#generators-of-aws). */
export const CONTAINER_REGISTRY: CallTable = {
  token: [
    {
      action: 'ecr:GetAuthorizationToken',
      on: 'everything',
      when: 'for a login to the registry',
    },
  ],
};

/** The same for the public registry, whose token is one of STS (docs/facts/aws.md#registry-tokens). */
export const PUBLIC_CONTAINER_REGISTRY: CallTable = {
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
