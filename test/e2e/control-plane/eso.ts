import type { KubeObject } from '../../../generator/core/kube-object.ts';

export const ESO = 'external-secrets';

const rbac = 'rbac.authorization.k8s.io';

/**
 * What the controller may do everywhere. Its chart lets it read and write every Secret; here it
 * only sees that Secrets change, which its watch needs, and reads and writes none of them.
 */
const everywhere = [
  rule(['external-secrets.io'], ['*'], ['get', 'list', 'watch', 'update', 'patch']),
  rule(['generators.external-secrets.io'], ['*'], ['*']),
  rule([''], ['secrets'], ['list', 'watch']),
  rule([''], ['configmaps', 'namespaces', 'serviceaccounts'], ['get', 'list', 'watch']),
  rule([''], ['serviceaccounts/token'], ['create']),
  rule(['', 'events.k8s.io'], ['events'], ['create', 'patch']),
];

/** What it may do where it makes Secrets. */
const targets = [rule([''], ['secrets'], ['get', 'create', 'update', 'patch', 'delete'])];

function rule(apiGroups: string[], resources: string[], verbs: string[]): object {
  return { apiGroups, resources, verbs };
}

function clusterRole(name: string, rules: readonly object[]): KubeObject {
  return { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
}

function binding(role: string, metadata: KubeObject['metadata']): KubeObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: metadata.namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata,
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: ESO, namespace: ESO }],
  };
}

/** Lets the controller make Secrets in a namespace. */
export function allowTargets(namespace: string): KubeObject {
  return binding('external-secrets-targets', { name: 'external-secrets-targets', namespace });
}

/** Lets it read and write every Secret, as its chart does by default. */
export const allowEverySecret: KubeObject = binding('external-secrets-targets', {
  name: 'external-secrets-targets',
});

function webhook(resource: string, path: string, ca: string): object {
  return {
    name: `validate.${path}.external-secrets.io`,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    timeoutSeconds: 5,
    clientConfig: {
      url: `https://127.0.0.1:9444/validate-external-secrets-io-v1-${path}`,
      caBundle: ca,
    },
    rules: [
      {
        apiGroups: ['external-secrets.io'],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE', 'DELETE'],
        resources: [resource],
      },
    ],
  };
}

/** External Secrets' identity, rights and webhooks, which its chart would install. */
export function externalSecrets(ca: string): KubeObject[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ESO } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: ESO, namespace: ESO } },
    clusterRole('external-secrets', everywhere),
    clusterRole('external-secrets-targets', targets),
    binding('external-secrets', { name: ESO }),
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: ESO },
      webhooks: [
        webhook('externalsecrets', 'externalsecret', ca),
        webhook('secretstores', 'secretstore', ca),
        webhook('clustersecretstores', 'clustersecretstore', ca),
      ],
    },
  ];
}
