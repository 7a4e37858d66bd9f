import { mapAt, scalarText, textAt } from '../../core/json.ts';
import { matchesGlob } from '../../core/names.ts';
import { associatedRole, type Iam, ROLE_ARN, readIam } from '../../graph/iam.ts';
import { relatedName, type SecretGraph } from '../../graph/secret-graph.ts';
import { isAbout, parsePolicy, type Statement } from '../../kinds/ack.ts';
import { annotationOf, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { serviceAccount } from '../../kinds/kubernetes.ts';
import { absence, type Rule, type RuleFault } from '../rule.ts';

export const iamTrust: Rule = absence('iam-trust', function* (graph) {
  const iam = readIam(graph);
  if (iam.roles.length === 0) return;
  for (const { role, missing, by } of assignedRoles(graph, iam)) {
    const trust = parsePolicy(textAt(specOf(role), 'assumeRolePolicyDocument') ?? '');
    const wrong = trust === undefined ? undefined : missing(trust);
    if (wrong !== undefined) yield distrust(role, wrong, by);
  }
});

function* assignedRoles({ byKind }: SecretGraph, iam: Iam) {
  for (const by of iam.associations) {
    const role = associatedRole(by, iam);
    if (role !== undefined) yield { role, by, missing: lackForPodIdentity };
  }
  for (const by of byKind(serviceAccount)) {
    const role = iam.roleOf(annotationOf(by, ROLE_ARN));
    if (role !== undefined)
      yield { role, by, missing: (trust: readonly Statement[]) => lackForAccount(trust, by) };
  }
}

/** What the policy lacks for Pod Identity, which tags the session too (docs/facts/aws.md#pod-identity). */
function lackForPodIdentity(trust: readonly Statement[]): string | undefined {
  const allowed = trust.filter(
    ({ isDeny, principals }) =>
      !isDeny && principals.some(name => name === 'pods.eks.amazonaws.com' || name === '*'),
  );
  if (allowed.length === 0) return 'does not let "pods.eks.amazonaws.com" assume it';
  const action = ['sts:AssumeRole', 'sts:TagSession'].find(
    name => !allowed.some(statement => isAbout(statement, name)),
  );
  return action === undefined ? undefined : `does not allow "pods.eks.amazonaws.com" "${action}"`;
}

function lackForAccount(trust: readonly Statement[], account: PlacedObject): string | undefined {
  const action = 'sts:AssumeRoleWithWebIdentity';
  const allowed = trust.filter(statement => !statement.isDeny && isAbout(statement, action));
  if (allowed.length === 0) return `does not allow "${action}"`;
  const subject = `system:serviceaccount:${account.namespace}:${account.name}`;
  const isMeant = allowed.some(statement => subjectsOf(statement).every(is => is(subject)));
  return isMeant ? undefined : `does not let "${subject}" assume it`;
}

/** The conditions on `sub`, the account's name in its token. Other conditions are taken to be met. */
function subjectsOf({ condition }: Statement): ((subject: string) => boolean)[] {
  return ['StringEquals', 'StringLike'].flatMap(operator =>
    Object.entries(mapAt(condition, operator))
      .filter(([name]) => name.endsWith(':sub'))
      .map(([, value]) => {
        const patterns = (Array.isArray(value) ? value : [value]).map(scalarText);
        return (subject: string) =>
          patterns.some(pattern =>
            operator === 'StringLike' ? matchesGlob(pattern, subject) : pattern === subject,
          );
      }),
  );
}

function distrust(role: PlacedObject, wrong: string, by: PlacedObject): RuleFault {
  return {
    object: role,
    path: ['spec', 'assumeRolePolicyDocument'],
    message: `IAM role "${role.name}" ${wrong}`,
    hint:
      by.knownKind === serviceAccount
        ? 'IRSA takes a statement with the OIDC provider as Federated principal, and the account in the condition on "sub".'
        : 'Pod Identity takes a statement with the Service principal pods.eks.amazonaws.com and both sts:AssumeRole and sts:TagSession.',
    related: [relatedName(by, `${by.kind} "${by.name}" gives it`)],
  };
}
