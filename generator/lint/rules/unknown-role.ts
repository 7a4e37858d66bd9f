import { linkAt, policyLinks, type RoleLink, readIam } from '../../graph/iam.ts';
import { inNamespace } from '../../ground/namespace-words.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const unknownRole: Rule = {
  id: 'unknown-role',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary: 'Each IAM role and policy that an ACK object refers to exists.',

  *check(graph) {
    const { roles, policies, associations, findRole, findPolicy } = readIam(graph);
    for (const item of associations) {
      const link = linkAt(item, 'spec', 'roleRef');
      if (link !== undefined && findRole(link.namespace, link.name) === undefined)
        yield* missing('Role', item, link, roles);
    }
    for (const item of roles) {
      for (const link of policyLinks(item))
        if (findPolicy(link.namespace, link.name) === undefined)
          yield* missing('Policy', item, link, policies);
    }
  },
};

/** A set without any of a kind says nothing about it: they are kept elsewhere. */
function* missing(
  kind: string,
  item: Item,
  { namespace, name, path }: RoleLink,
  known: readonly Item[],
): Iterable<RuleFault> {
  if (known.length === 0) return;
  const names = new Set(known.map(other => other.name));
  yield {
    item,
    path,
    message: `there is no IAM ${kind} "${name}"${inNamespace(namespace)}`,
    hint: knownNames(kind === 'Role' ? 'IAM Roles' : 'IAM Policies', name, names),
  };
}
