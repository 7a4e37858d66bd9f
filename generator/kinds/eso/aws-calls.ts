import type { AwsCall, AwsService, AwsUse } from './aws-call.ts';
import { PARAMETER_STORE } from './parameter-store-calls.ts';
import { SECRETS_MANAGER } from './secrets-manager-calls.ts';

/** The calls that ESO makes (docs/facts/eso.md#calls-to-aws). */
export function callsOf(service: AwsService, use: AwsUse): readonly AwsCall[] {
  return (service === 'ParameterStore' ? PARAMETER_STORE : SECRETS_MANAGER)[use];
}
