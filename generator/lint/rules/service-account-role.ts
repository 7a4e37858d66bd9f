import { listAt, mapAt, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { awsStores } from '../../graph/aws-entries.ts';
import { ROLE_ARN, storeAccount } from '../../graph/iam.ts';
import { relatedField, type SecretGraph } from '../../graph/secret-graph.ts';
import { annotationOf, type PlacedObject } from '../../kinds/kind.ts';
import { serviceAccount } from '../../kinds/kubernetes.ts';
import { error, type Rule, type RuleFault } from '../rule.ts';

export const serviceAccountRole: Rule = error('service-account-role', function* (graph) {
  yield* accountsWithoutRole(graph);
  for (const { object, path, arn } of [...annotatedRoles(graph), ...assumedRoles(graph)]) {
    if (isUnresolved(arn) || ARN.test(arn)) continue;
    yield {
      object,
      path,
      message: `"${arn}" is not the ARN of an IAM role`,
      hint: 'Write it as arn:aws:iam::123456789012:role/NAME, with the number of your account.',
    };
  }
});

const ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

function annotatedRoles({ byKind }: SecretGraph) {
  return byKind(serviceAccount).flatMap(object => {
    const arn = annotationOf(object, ROLE_ARN);
    return arn === undefined ? [] : [{ object, path: ['metadata', 'annotations', ROLE_ARN], arn }];
  });
}

function assumedRoles(graph: SecretGraph) {
  return awsStores(graph).flatMap(({ object, path, settings }) => {
    const role = textAt(settings, 'role');
    const more = listAt(settings, 'additionalRoles').flatMap((arn, index) => {
      const at = [...path, 'additionalRoles', index];
      return typeof arn === 'string' ? [{ object, path: at, arn }] : [];
    });
    return role === undefined ? more : [{ object, path: [...path, 'role'], arn: role }, ...more];
  });
}

const ACCOUNT = ['auth', 'jwt', 'serviceAccountRef'];

function* accountsWithoutRole(graph: SecretGraph): Iterable<RuleFault> {
  const reported = new Set<PlacedObject>();
  for (const store of awsStores(graph)) {
    const { object, path } = store;
    const account = storeAccount(store, graph);
    if (account === undefined || reported.has(account)) continue;
    reported.add(account);
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
