import { isUnresolved } from '../../core/kube-object.ts';
import { type AwsEntry, awsEntries, callsFor, entryResources } from '../../graph/aws-entries.ts';
import {
  isPermitted,
  type Permissions,
  readIam,
  storePermissions,
  storeRoles,
} from '../../graph/iam.ts';
import type { Resource } from '../../kinds/ack.ts';
import { parameterNameFault } from '../../kinds/eso/aws-calls.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const iamResource: Rule = {
  id: 'iam-resource',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary:
    'Each parameter and secret that is read or pushed is covered by the IAM role that does it.',

  *check(graph) {
    const iam = readIam(graph);
    const roles = storeRoles(graph, iam);
    const known = new Map<PlacedObject, Permissions>();
    const stores = new Set<PlacedObject>();
    for (const entry of roles.size === 0 ? [] : awsEntries(graph)) {
      const used = roles.get(entry.store.object);
      if (used === undefined) continue;
      const { role } = used;
      const permissions = known.get(role) ?? storePermissions(used, iam);
      known.set(role, permissions);
      const found = refusal(entry, role, permissions);
      if (found === undefined || stores.has(found.object)) continue;
      if (found.object === entry.store.object) stores.add(found.object);
      yield found;
    }
  },
};

/** The first of the calls for an entry that AWS refuses: everything in the store's region, or this name. */
function refusal(
  entry: AwsEntry,
  role: PlacedObject,
  permissions: Permissions,
): RuleFault | undefined {
  const { name } = entry;
  if (permissions.isOpen || name === undefined || !isJudged(entry)) return undefined;
  const resources = entryResources(entry);
  const allows = (action: string, on: readonly Resource[]): boolean =>
    on.some(resource => isPermitted(permissions, action, resource));
  const refused = callsFor(entry).find(
    ({ action, on }) =>
      on === 'entry' && isPermitted(permissions, action) && !allows(action, resources),
  );
  if (refused === undefined) return undefined;
  const inAnyRegion = resources.map(({ service, name }): Resource => ({ service, name }));
  return allows(refused.action, inAnyRegion)
    ? wrongRegion(entry, role, permissions)
    : {
        object: entry.object,
        path: entry.path,
        message: `IAM role "${role.name}" does not allow "${refused.action}" of "${name}"`,
        hint: 'Add its ARN to the resources of the policy, or correct the name: case matters.',
        related: sayings(role, permissions),
      };
}

function wrongRegion({ store }: AwsEntry, role: PlacedObject, permissions: Permissions): RuleFault {
  return {
    object: store.object,
    path: [...store.path, 'region'],
    message: `IAM role "${role.name}" may not read region "${store.region}"`,
    hint: 'Give the store and the resources of the policy the same region.',
    related: sayings(role, permissions),
  };
}

function sayings(
  role: PlacedObject,
  { sources, session }: Permissions,
): NonNullable<RuleFault['related']> {
  return [...sources, ...(session === undefined ? [] : [session])].map(({ object, path }) => ({
    object,
    path,
    note: `${object.kind} "${object.name}" says what role "${role.name}" may read`,
  }));
}

/** Names that say nothing yet, ARNs, and those that AWS refuses anyway are not judged here. */
function isJudged({ name = '', store: { region, service } }: AwsEntry): boolean {
  if (name === '' || isUnresolved(name + region) || name.startsWith('arn:')) return false;
  return service !== 'ParameterStore' || parameterNameFault(name) === undefined;
}
