import type { AskedService, AwsCall, AwsUse, CallTable } from './aws-provider.ts';
import { PARAMETER_STORE } from './parameter-store-calls.ts';
import { SECRETS_MANAGER } from './secrets-manager-calls.ts';

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
