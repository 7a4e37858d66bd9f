import type { AskedService, AwsCall, AwsUse, CallTable } from './aws-call.ts';
import { CONTAINER_REGISTRY, PUBLIC_CONTAINER_REGISTRY } from './container-registry-calls.ts';
import { PARAMETER_STORE } from './parameter-store-calls.ts';
import { SECRETS_MANAGER } from './secrets-manager-calls.ts';

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
