import { type AwsRead, awsReads } from '../../graph/aws-stores.ts';
import { type Iam, permissionsOf, readIam, storeRoles } from '../../graph/iam.ts';
import { isAllowed } from '../../kinds/ack/policy-document.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const iamAction: Rule = {
  id: 'iam-action',
  severity: 'error',
  claimsAbsence: true,
  summary: 'Each IAM role that ESO reads AWS with allows the calls that ESO makes.',

  *check(graph) {
    const iam = readIam(graph);
    const roles = storeRoles(graph, iam);
    const seen = new Map<Item, Set<string>>();
    for (const read of roles.size === 0 ? [] : awsReads(graph)) {
      const role = roles.get(read.store.item);
      const call = callOf(read);
      if (role === undefined || call === undefined || seen.get(role)?.has(call.action)) continue;
      seen.set(role, new Set([...(seen.get(role) ?? []), call.action]));
      yield* missingCall(role, read, call, iam);
    }
  },
};

interface Call {
  readonly action: string;
  /** What ESO takes instead where it is refused. */
  readonly other?: string;
  readonly when: string;
}

/** The call that ESO makes for an entry (docs/facts/eso.md#calls-to-aws). */
function callOf({ store, name, find }: AwsRead): Call | undefined {
  const isSearch = find !== undefined;
  if (store.service === 'SecretsManager')
    return isSearch
      ? { action: 'secretsmanager:ListSecrets', when: 'to find secrets' }
      : { action: 'secretsmanager:GetSecretValue', when: 'for each entry' };
  if (name !== undefined) return { action: 'ssm:GetParameter', when: 'for each entry' };
  return {
    action: 'ssm:GetParametersByPath',
    other: 'ssm:DescribeParameters',
    when: 'to find parameters',
  };
}

function* missingCall(role: Item, read: AwsRead, call: Call, iam: Iam): Iterable<RuleFault> {
  const { statements, isOpen, sources } = permissionsOf(role, iam);
  const { action, other, when } = call;
  if (isOpen || isAllowed(statements, action)) return;
  if (other !== undefined && isAllowed(statements, other)) return;
  const service = action.slice(0, action.indexOf(':') + 1);
  const near = sources.find(({ text }) => text.includes(service)) ?? sources[0];
  yield {
    item: near?.item ?? role,
    path: near?.path ?? ['spec'],
    message: `IAM role "${role.name}" does not allow "${action}", which ESO calls ${when}`,
    hint: `Add "${action}" to the actions of a statement that covers what is read.`,
    related: [
      {
        item: read.store.item,
        path: read.store.path,
        note: `${read.store.item.kind} "${read.store.item.name}" uses the role`,
      },
      { item: read.item, path: read.path, note: `${read.item.kind} "${read.item.name}" reads` },
    ],
  };
}
