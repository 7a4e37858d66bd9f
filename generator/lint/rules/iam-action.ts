import { awsEntries, callsFor } from '../../graph/aws-entries.ts';
import type { AwsEntry } from '../../graph/aws-stores.ts';
import { type Iam, type Permissions, permissionsOf, readIam, storeRoles } from '../../graph/iam.ts';
import { isAllowed } from '../../graph/iam-policy.ts';
import type { AwsCall } from '../../kinds/eso/aws-calls.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const iamAction: Rule = {
  id: 'iam-action',
  severity: 'error',
  claimsAbsence: true,
  summary: 'Each IAM role that ESO uses AWS with allows the calls that ESO makes.',

  *check(graph) {
    const iam = readIam(graph);
    const roles = storeRoles(graph, iam);
    const judged = new Map<Item, Judged>();
    for (const entry of roles.size === 0 ? [] : awsEntries(graph)) {
      const role = roles.get(entry.store.item);
      if (role === undefined) continue;
      const before = judged.get(role) ?? judgedRole(role, iam);
      judged.set(role, before);
      for (const call of callsFor(entry)) {
        if (before.seen.has(call.action)) continue;
        before.seen.add(call.action);
        yield* missingCall(role, entry, call, before.permissions);
      }
    }
  },
};

interface Judged {
  readonly permissions: Permissions;
  /** The actions that were looked at. */
  readonly seen: Set<string>;
}

function judgedRole(role: Item, iam: Iam): Judged {
  return { permissions: permissionsOf(role, iam), seen: new Set() };
}

function* missingCall(
  role: Item,
  { store, item, path }: AwsEntry,
  { action, other, when }: AwsCall,
  { statements, isOpen, sources }: Permissions,
): Iterable<RuleFault> {
  if (isOpen || isAllowed(statements, action)) return;
  if (other !== undefined && isAllowed(statements, other)) return;
  const service = action.slice(0, action.indexOf(':') + 1);
  const near = sources.find(({ text }) => text.includes(service)) ?? sources[0];
  yield {
    item: near?.item ?? role,
    path: near?.path ?? ['spec'],
    message: `IAM role "${role.name}" does not allow "${action}", which ESO calls ${when}`,
    hint: `Add "${action}" to the actions of a statement that covers what it is called on.`,
    related: [
      {
        item: store.item,
        path: store.path,
        note: `${store.item.kind} "${store.item.name}" uses the role`,
      },
      {
        item,
        path,
        note: `${item.kind} "${item.name}" ${item.kind.endsWith('PushSecret') ? 'pushes' : 'reads'}`,
      },
    ],
  };
}
