import { callsFor } from '../../graph/aws-entries.ts';
import { isPermitted, type Permissions, type RoleEntry, roleEntries } from '../../graph/iam.ts';
import { relatedField } from '../../graph/secret-graph.ts';
import { isAllowed } from '../../kinds/ack.ts';
import type { AwsCall } from '../../kinds/eso/stores.ts';
import { absence, type Rule } from '../rule.ts';

export const iamAction: Rule = absence('iam-action', function* (graph) {
  const checked = new Map<Permissions, Set<string>>();
  for (const roleEntry of roleEntries(graph)) {
    const actions = checked.get(roleEntry.permissions) ?? new Set();
    checked.set(roleEntry.permissions, actions);
    for (const call of callsFor(roleEntry.entry)) {
      if (actions.has(call.action)) continue;
      actions.add(call.action);
      yield* missingCall(roleEntry, call);
    }
  }
});

function* missingCall({ entry, role, permissions }: RoleEntry, call: AwsCall) {
  const { action, fallback, when } = call;
  if (permissions.isOpen || isPermitted(permissions, action)) return;
  if (fallback !== undefined && isPermitted(permissions, fallback)) return;
  const policy = nearestPolicy(permissions, action);
  yield {
    object: policy?.object ?? role,
    path: policy?.path ?? ['spec'],
    message: `IAM role "${role.name}" does not allow "${action}", which ESO calls ${when}`,
    hint: `Add "${action}" to the actions of a statement that covers what it is called on.`,
    related: [
      relatedField(entry.store, 'uses the role'),
      relatedField(entry, entry.object.kind.endsWith('PushSecret') ? 'pushes' : 'reads'),
    ],
  };
}

function nearestPolicy({ statements, session, sources }: Permissions, action: string) {
  if (session !== undefined && isAllowed(statements, action)) return session;
  const service = action.slice(0, action.indexOf(':') + 1);
  return sources.find(({ text }) => text.includes(service)) ?? sources[0];
}
