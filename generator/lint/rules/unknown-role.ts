import { inNamespace } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { linkAt, policyLinks, type RoleLink, readIam } from '../../graph/iam.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { absence, type Rule, type RuleFault } from '../rule.ts';

export const unknownRole: Rule = absence('unknown-role', function* (graph) {
  const { roles, policies, associations, roleOf, policyOf } = readIam(graph);
  for (const object of associations) {
    const link = linkAt(object, 'spec', 'roleRef');
    if (link !== undefined && roleOf(link) === undefined)
      yield* missing('Role', object, link, roles);
  }
  for (const object of roles)
    for (const link of policyLinks(object))
      if (policyOf(link) === undefined) yield* missing('Policy', object, link, policies);
});

/** If the set has no object of the kind, they are kept elsewhere, and nothing is claimed. */
function* missing(
  kind: string,
  object: PlacedObject,
  { namespace, name, path }: RoleLink,
  all: readonly PlacedObject[],
): Iterable<RuleFault> {
  if (all.length === 0) return;
  const names = new Set(all.map(role => role.name));
  yield {
    object,
    path,
    message: `there is no IAM ${kind} "${name}"${inNamespace(namespace)}`,
    hint: knownNames(kind === 'Role' ? 'IAM Roles' : 'IAM Policies', name, names),
  };
}
