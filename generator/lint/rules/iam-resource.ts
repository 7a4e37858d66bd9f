import { type AwsRead, awsReads } from '../../graph/aws-stores.ts';
import { type Permissions, permissionsOf, readIam, storeRoles } from '../../graph/iam.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { isAllowed, type Resource } from '../../kinds/ack/policy-document.ts';
import { parameterNameFault } from '../../kinds/eso/parameter-name.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const iamResource: Rule = {
  id: 'iam-resource',
  severity: 'error',
  claimsAbsence: true,
  summary: 'Each parameter and secret that is read is covered by the IAM role that reads it.',

  *check(graph) {
    const iam = readIam(graph);
    const roles = storeRoles(graph, iam);
    const known = new Map<Item, Permissions>();
    const stores = new Set<Item>();
    for (const read of roles.size === 0 ? [] : awsReads(graph)) {
      const role = roles.get(read.store.item);
      if (role === undefined) continue;
      const permissions = known.get(role) ?? permissionsOf(role, iam);
      known.set(role, permissions);
      const found = refusal(read, role, permissions);
      if (found === undefined || stores.has(found.item)) continue;
      if (found.item === read.store.item) stores.add(found.item);
      yield found;
    }
  },
};

/** What AWS refuses: everything in the store's region, or this name. */
function refusal(read: AwsRead, role: Item, permissions: Permissions): RuleFault | undefined {
  const { item, path, store, name } = read;
  const { statements, isOpen, sources } = permissions;
  const action =
    store.service === 'ParameterStore' ? 'ssm:GetParameter' : 'secretsmanager:GetSecretValue';
  if (isOpen || name === undefined || !isJudged(read) || !isAllowed(statements, action)) return;
  const resources = resourcesOf(read, name);
  if (resources.some(resource => isAllowed(statements, action, resource))) return;
  const related = sources.map(({ item, path }) => ({
    item,
    path,
    note: `${item.kind} "${item.name}" says what role "${role.name}" may read`,
  }));
  const inAnyRegion = resources.map(({ service, name }): Resource => ({ service, name }));
  if (inAnyRegion.some(resource => isAllowed(statements, action, resource)))
    return {
      item: store.item,
      path: [...store.path, 'region'],
      message: `IAM role "${role.name}" may not read region "${store.region}"`,
      hint: 'Give the store and the resources of the policy the same region.',
      related,
    };
  return {
    item,
    path,
    message: `IAM role "${role.name}" does not allow "${action}" of "${name}"`,
    hint: 'Add its ARN to the resources of the policy, or correct the name: case matters.',
    related,
  };
}

/** Names that say nothing yet, ARNs, and those that AWS refuses anyway are not judged here. */
function isJudged({ name = '', store: { region, service } }: AwsRead): boolean {
  if (name === '' || isUnresolved(name + region) || name.startsWith('arn:')) return false;
  return service !== 'ParameterStore' || parameterNameFault(name) === undefined;
}

/** Secrets Manager ends the ARN of a secret with six characters of its own. */
function resourcesOf({ store: { service, region } }: AwsRead, name: string): Resource[] {
  if (service === 'ParameterStore')
    return [{ service: 'ssm', region, name: `parameter/${name.replace(/^\//, '')}` }];
  return [`secret:${name}-AbCdEf`, `secret:${name}`].map(secret => ({
    service: 'secretsmanager',
    region,
    name: secret,
  }));
}
