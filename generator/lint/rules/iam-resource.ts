import { isUnresolved } from '../../core/kube-object.ts';
import { type AwsEntry, callsFor, entryResources } from '../../graph/aws-entries.ts';
import { isPermitted, type RoleEntry, roleEntries } from '../../graph/iam.ts';
import { relatedField } from '../../graph/secret-graph.ts';
import type { Resource } from '../../kinds/ack.ts';
import { parameterNameFault } from '../../kinds/eso/stores.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { absence, type Rule, type RuleFault } from '../rule.ts';

export const iamResource: Rule = absence('iam-resource', function* (graph) {
  const stores = new Set<PlacedObject>();
  for (const roleEntry of roleEntries(graph)) {
    const fault = refusal(roleEntry);
    if (fault === undefined || stores.has(fault.object)) continue;
    if (fault.object === roleEntry.entry.store.object) stores.add(fault.object);
    yield fault;
  }
});

function refusal({ entry, role, permissions }: RoleEntry): RuleFault | undefined {
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
  const { store } = entry;
  const related = [...permissions.sources, permissions.session ?? []]
    .flat()
    .map(policy => relatedField(policy, `says what role "${role.name}" may read`));
  if (allows(refused.action, inAnyRegion))
    return {
      object: store.object,
      path: [...store.path, 'region'],
      message: `IAM role "${role.name}" may not read region "${store.region}"`,
      hint: 'Give the store and the resources of the policy the same region.',
      related,
    };
  return {
    object: entry.object,
    path: entry.path,
    message: `IAM role "${role.name}" does not allow "${refused.action}" of "${name}"`,
    hint: 'Add its ARN to the resources of the policy, or correct the name: case matters.',
    related,
  };
}

function isJudged({ name = '', store: { region, service } }: AwsEntry): boolean {
  if (name === '' || isUnresolved(name + region) || name.startsWith('arn:')) return false;
  return service !== 'ParameterStore' || parameterNameFault(name) === undefined;
}
