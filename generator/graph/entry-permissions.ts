import type { Resource } from '../kinds/ack/policy-document.ts';
import { callsFor } from './aws-entries.ts';
import type { AwsEntry } from './aws-stores.ts';
import type { Permissions } from './iam.ts';
import { isPermitted } from './store-roles.ts';

/** An entry as a policy names it; Secrets Manager ends the ARN of a secret with six characters of its own. */
export function entryResources({ store: { service, region }, name = '' }: AwsEntry): Resource[] {
  if (service === 'ParameterStore')
    return [{ service: 'ssm', region, name: `parameter/${name.replace(/^\//, '')}` }];
  return [`secret:${name}-AbCdEf`, `secret:${name}`].map(secret => ({
    service: 'secretsmanager',
    region,
    name: secret,
  }));
}

/** The first call for a named entry that policies do not allow; undefined: they allow all. */
export function refusedCall(entry: AwsEntry, permissions: Permissions): string | undefined {
  const resources = entryResources(entry);
  return callsFor(entry).find(
    ({ action, on }) =>
      !(on === 'entry'
        ? resources.some(resource => isPermitted(permissions, action, resource))
        : isPermitted(permissions, action)),
  )?.action;
}
