import { mapAt, scalarText, textAt } from '../../core/json.ts';
import { matchesGlob } from '../../core/names.ts';
import { associatedRole, ROLE_ARN, readIam } from '../../graph/iam.ts';
import { relatedName } from '../../graph/secret-graph.ts';
import { isAbout, parsePolicy, type Statement } from '../../kinds/ack.ts';
import { annotationOf, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { serviceAccount } from '../../kinds/kubernetes.ts';
import { absence, type Rule } from '../rule.ts';

export const iamTrust: Rule = absence('iam-trust', function* (graph) {
  const iam = readIam(graph);

  const ofAccount = (by: PlacedObject) => iam.roleOf(annotationOf(by, ROLE_ARN));
  const assigned = [
    ...iam.associations.map(by => ({ by, role: associatedRole(by, iam) })),
    ...graph.byKind(serviceAccount).map(by => ({ by, role: ofAccount(by) })),
  ];
  for (const { by, role } of assigned) {
    const trust = role && parsePolicy(textAt(specOf(role), 'assumeRolePolicyDocument') ?? '');
    if (role === undefined || trust === undefined) continue;
    const isAccount = by.knownKind === serviceAccount;
    const wrong = isAccount ? lackForAccount(trust, by) : lackForPodIdentity(trust);
    if (wrong === undefined) continue;
    yield {
      object: role,
      path: ['spec', 'assumeRolePolicyDocument'],
      message: `IAM role "${role.name}" ${wrong}`,
      hint: isAccount
        ? 'IRSA takes a statement with the OIDC provider as Federated principal, and the account in the condition on "sub".'
        : 'Pod Identity takes a statement with the Service principal pods.eks.amazonaws.com and both sts:AssumeRole and sts:TagSession.',
      related: [relatedName(by, `${by.kind} "${by.name}" gives it`)],
    };
  }
});

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
  const isTrusted = allowed.some(statement => isForSubject(statement, subject));
  return isTrusted ? undefined : `does not let "${subject}" assume it`;
}

/** Whether the conditions on `sub`, the account's name in its token, are met. Others are taken to be met. */
function isForSubject({ condition }: Statement, subject: string): boolean {
  return ['StringEquals', 'StringLike'].every(operator =>
    Object.entries(mapAt(condition, operator))
      .filter(([name]) => name.endsWith(':sub'))
      .every(([, value]) => {
        const patterns = (Array.isArray(value) ? value : [value]).map(scalarText);
        return operator === 'StringLike'
          ? patterns.some(pattern => matchesGlob(pattern, subject))
          : patterns.includes(subject);
      }),
  );
}
