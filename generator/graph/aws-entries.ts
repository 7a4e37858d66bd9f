import { groupBy } from '../ground/group-by.ts';
import { oncePer } from '../ground/once-per.ts';
import type { Resource } from '../kinds/ack/policy-document.ts';
import { callsOf } from '../kinds/eso/aws-calls.ts';
import type { AwsCall } from '../kinds/eso/aws-provider.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { awsTokens } from './aws-generators.ts';
import { awsPushes } from './aws-pushes.ts';
import { type AwsEntry, awsReads } from './aws-stores.ts';
import type { Permissions } from './iam.ts';
import type { SecretGraph } from './secret-graph.ts';
import { isPermitted } from './store-roles.ts';

/** All that is read from AWS and written to it, and the tokens that generators get of it. */
export const awsEntries: (graph: SecretGraph) => readonly AwsEntry[] = oncePer(graph => [
  ...awsReads(graph),
  ...awsPushes(graph),
  ...awsTokens(graph),
]);

/** The same by the object that they are of. */
export const awsEntriesOf: (graph: SecretGraph) => ReadonlyMap<PlacedObject, readonly AwsEntry[]> =
  oncePer(graph => groupBy(awsEntries(graph), ({ object }) => object));

/** The calls that ESO makes for an entry, each once. */
export function callsFor({ store, uses }: AwsEntry): readonly AwsCall[] {
  const [use, ...more] = uses;
  if (use === undefined) return [];
  if (more.length === 0) return callsOf(store.service, use);
  const calls = uses.flatMap(name => callsOf(store.service, name));
  return calls.filter(
    ({ action, on }, index) => calls.findIndex(c => c.action === action && c.on === on) === index,
  );
}

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
