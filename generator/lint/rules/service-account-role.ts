import { groupBy, listAt, mapAt, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { awsStores } from '../../graph/aws-entries.ts';
import { ROLE_ARN, storeAccount } from '../../graph/iam.ts';
import { relatedField, type SecretGraph } from '../../graph/secret-graph.ts';
import type { ObjectField } from '../../kinds/kind.ts';
import { serviceAccount } from '../../kinds/kubernetes.ts';
import { error, type Rule, type RuleFault } from '../rule.ts';

export const serviceAccountRole: Rule = error('service-account-role', function* (graph) {
  yield* accountsWithoutRole(graph);
  const annotation = ['metadata', 'annotations', ROLE_ARN];
  const annotated = graph.byKind(serviceAccount).map(object => ({ object, path: annotation }));
  for (const { object, path } of [...annotated, ...assumedRoles(graph)]) {
    const arn = textAt(object.json, ...path);
    if (arn === undefined || isUnresolved(arn) || ARN.test(arn)) continue;
    yield {
      object,
      path,
      message: `"${arn}" is not the ARN of an IAM role`,
      hint: 'Write it as arn:aws:iam::123456789012:role/NAME, with the number of your account.',
    };
  }
});

const ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

function assumedRoles(graph: SecretGraph): ObjectField[] {
  return awsStores(graph).flatMap(({ object, path: at, settings }) => {
    const more = listAt(settings, 'additionalRoles').map((_, index) => ['additionalRoles', index]);
    return [['role'], ...more].map(field => ({ object, path: [...at, ...field] }));
  });
}

const ACCOUNT = ['auth', 'jwt', 'serviceAccountRef'];

function* accountsWithoutRole(graph: SecretGraph): Iterable<RuleFault> {
  const byAccount = groupBy(awsStores(graph), store => storeAccount(store, graph));
  for (const [account, [{ object, path }]] of byAccount) {
    if (account === undefined) continue;
    if (mapAt(account.json, 'metadata', 'annotations')[ROLE_ARN] !== undefined) continue;
    yield {
      object: account,
      path: ['metadata', 'annotations'],
      message: `ServiceAccount "${account.name}" has no annotation "${ROLE_ARN}", and ${object.kind} "${object.name}" signs in to AWS with it`,
      hint: `Annotate it with the ARN of its IAM role. With Pod Identity, which needs no annotation, leave "auth" out of the store: it is ESO's own account that signs in then.`,
      related: [relatedField({ object, path: [...path, ...ACCOUNT, 'name'] }, 'uses it')],
    };
  }
}
