import { type AwsEntry, awsEntries, callsFor } from '../../graph/aws-entries.ts';
import {
  isPermitted,
  type Permissions,
  readIam,
  storePermissions,
  storeRoles,
} from '../../graph/iam.ts';
import { isAllowed } from '../../kinds/ack.ts';
import type { AwsCall } from '../../kinds/eso/stores.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const iamAction: Rule = {
  id: 'iam-action',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary: 'Each IAM role that ESO uses AWS with allows the calls that ESO makes.',

  *check(graph) {
    const iam = readIam(graph);
    const roles = storeRoles(graph, iam);
    const judged = new Map<PlacedObject, Judged>();
    for (const entry of roles.size === 0 ? [] : awsEntries(graph)) {
      const used = roles.get(entry.store.object);
      if (used === undefined) continue;
      const { role } = used;
      const before = judged.get(role) ?? {
        permissions: storePermissions(used, iam),
        seen: new Set(),
      };
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

function* missingCall(
  role: PlacedObject,
  { store, object, path }: AwsEntry,
  { action, other, when }: AwsCall,
  permissions: Permissions,
): Iterable<RuleFault> {
  if (permissions.isOpen || isPermitted(permissions, action)) return;
  if (other !== undefined && isPermitted(permissions, other)) return;
  const near = nearestPolicy(permissions, action);
  yield {
    object: near?.object ?? role,
    path: near?.path ?? ['spec'],
    message: `IAM role "${role.name}" does not allow "${action}", which ESO calls ${when}`,
    hint: `Add "${action}" to the actions of a statement that covers what it is called on.`,
    related: [
      {
        object: store.object,
        path: store.path,
        note: `${store.object.kind} "${store.object.name}" uses the role`,
      },
      {
        object,
        path,
        note: `${object.kind} "${object.name}" ${object.kind.endsWith('PushSecret') ? 'pushes' : 'reads'}`,
      },
    ],
  };
}

/** The policy to be mended: that of the session if all others allow it, or one about the service. */
function nearestPolicy(
  { statements, session, sources }: Permissions,
  action: string,
): Permissions['sources'][number] | undefined {
  if (session !== undefined && isAllowed(statements, action)) return session;
  const service = action.slice(0, action.indexOf(':') + 1);
  return sources.find(({ text }) => text.includes(service)) ?? sources[0];
}
