import { inNamespace } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { linkAt, policyLinks, readIam } from '../../graph/iam.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownRole: Rule = absence('unknown-role', function* (graph) {
  const { roles, policies, associations, roleOf, policyOf } = readIam(graph);
  const ofAssociations = associations.flatMap(object => {
    const link = linkAt(object, 'spec', 'roleRef');
    return link === undefined || roleOf(link) ? [] : [{ object, link, kind: 'Role', all: roles }];
  });
  const ofRoles = roles.flatMap(object =>
    policyLinks(object)
      .filter(link => policyOf(link) === undefined)
      .map(link => ({ object, link, kind: 'Policy', all: policies })),
  );
  for (const { object, link, kind, all } of [...ofAssociations, ...ofRoles]) {
    // If the set has no object of the kind, they are kept elsewhere, and nothing is claimed.
    if (all.length === 0) continue;
    const names = new Set(all.map(({ name }) => name));
    yield {
      object,
      path: link.path,
      message: `there is no IAM ${kind} "${link.name}"${inNamespace(link.namespace)}`,
      hint: knownNames(kind === 'Role' ? 'IAM Roles' : 'IAM Policies', link.name, names),
    };
  }
});
