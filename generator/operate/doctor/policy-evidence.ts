import { awsEntriesOf, refusedCall } from '../../graph/aws-entries.ts';
import { readIam } from '../../graph/iam.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { storePermissions, storeRoles } from '../../graph/store-roles.ts';
import { oncePer } from '../../ground/once-per.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { isNamed } from '../iam/judged.ts';
import type { Evidence } from './verdict.ts';

const rolesOf = oncePer((graph: SecretGraph) => {
  const iam = readIam(graph);
  return { iam, roles: storeRoles(graph, iam) };
});

/**
 * What the policies of the manifests say of a read that AWS refused: they do not allow it, or they do, and
 * AWS has others. Nothing, where no role of the manifests reads for the store.
 */
export function policyEvidence({ object }: ExternalSecret, graph: SecretGraph): Evidence[] {
  const { iam, roles } = rolesOf(graph);
  const judged = (awsEntriesOf(graph).get(object) ?? []).flatMap(entry => {
    const used = roles.get(entry.store.object);
    if (used === undefined) return [];
    if (entry.name === undefined || !isNamed(entry)) return [];
    const permissions = storePermissions(used, iam);
    if (permissions.isOpen) return [];
    return [{ role: used.role.name, name: entry.name, call: refusedCall(entry, permissions) }];
  });
  const refused = judged.find(({ call }) => call !== undefined);
  const [first] = judged;
  if (first === undefined) return [];
  const text =
    refused === undefined
      ? `role "${first.role}" of the manifests allows it: AWS has another policy, or a boundary, an organization or a key denies it`
      : `role "${refused.role}" of the manifests does not allow ${refused.call} of "${refused.name}"`;
  return [{ kind: 'policy', text }];
}
