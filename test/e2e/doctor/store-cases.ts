import type { BrokenCases } from './case.ts';
import type { Stack } from './stack.ts';

const READER = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: reader, namespace: NAMESPACE }
`;

const RIGHTS = (secret: string): string => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: NAMESPACE }
rules: [{ apiGroups: [''], resources: [secrets], resourceNames: [${secret}], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: reader, namespace: NAMESPACE }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: reader, namespace: NAMESPACE }]
`;

/** The store reads Secrets of its own namespace with an account, which may read one of them or none. */
function readingSecrets(stack: Stack, allowed?: string): void {
  stack.add(READER);
  if (allowed !== undefined) stack.add(RIGHTS(allowed));
  stack.one('SecretStore').spec.provider = {
    kubernetes: {
      remoteNamespace: stack.namespace,
      server: {
        url: 'https://kubernetes.default.svc',
        caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt' },
      },
      auth: { serviceAccount: { name: 'reader' } },
    },
  };
  stack.one('ExternalSecret').spec.data[0].remoteRef = { key: 'source', property: 'token' };
  stack.byHand = [{ name: 'source', keys: ['token'] }];
}

/** What keeps a store from being asked, or from answering. */
export const storeCases: BrokenCases = {
  'store-missing': {
    wrong: stack => stack.remove('SecretStore'),
    link: 'store',
    words: 'there is no SecretStore "aws"',
  },
  'store-kind': {
    wrong: stack => {
      stack.one('ExternalSecret').spec.secretStoreRef.kind = 'ClusterSecretStore';
    },
    link: 'store',
    words: 'there is no ClusterSecretStore "aws"',
  },
  'store-login': {
    wrong: stack => {
      readingSecrets(stack);
      stack.one('SecretStore').spec.provider.kubernetes.auth = undefined;
    },
    link: 'store',
    words: 'no auth provider given',
  },
  'store-account': {
    wrong: stack => {
      stack.one('SecretStore').spec.provider.aws.auth = {
        jwt: { serviceAccountRef: { name: 'reader' } },
      };
    },
    link: 'store',
    words: 'ServiceAccount "reader" not found',
  },
  'store-role': {
    wrong: stack => {
      stack.add(READER);
      stack.one('SecretStore').spec.provider.aws.auth = {
        jwt: { serviceAccountRef: { name: 'reader' } },
      };
    },
    link: 'store',
    words: 'an IAM role must be associated with service account',
  },
  'store-rights': {
    wrong: stack => readingSecrets(stack),
    link: 'store',
    words: 'client is not allowed to get secrets',
  },
  'store-class': {
    wrong: stack => {
      stack.one('SecretStore').spec.controller = 'another';
    },
    link: 'store',
    words: 'no controller has looked at SecretStore "aws", which is left to one called "another"',
  },
  'entry-rights': {
    wrong: stack => readingSecrets(stack, 'another'),
    link: 'permission',
    words: 'is forbidden',
  },
  'store-conditions': {
    wrong: stack => {
      const name = `${stack.namespace}-aws`;
      Object.assign(stack.one('SecretStore'), {
        kind: 'ClusterSecretStore',
        metadata: { name },
      });
      stack.one('ClusterSecretStore').spec.conditions = [{ namespaces: ['default'] }];
      stack.one('ExternalSecret').spec.secretStoreRef = { kind: 'ClusterSecretStore', name };
    },
    link: 'external-secret',
    words: 'denied by spec.condition',
  },
  'entry-missing': {
    wrong: stack => {
      stack.parameters = {};
    },
    link: 'entry',
    words: 'Secret does not exist',
  },
  'property-missing': {
    wrong: stack => {
      stack.one('ExternalSecret').spec.data[0].remoteRef.property = 'password';
      stack.parameters = { token: '{"user":"made-up"}' };
    },
    link: 'entry',
    words: 'key password does not exist in secret',
  },
  'entry-of-secrets-manager': {
    wrong: stack => {
      stack.one('SecretStore').spec.provider.aws.service = 'SecretsManager';
    },
    link: 'entry',
    words: 'Secret does not exist',
  },
  'version-missing': {
    wrong: stack => {
      stack.one('ExternalSecret').spec.data[0].remoteRef.version = '9';
    },
    link: 'entry',
    words: 'ParameterVersionNotFound',
  },
  'entry-of-cluster': {
    wrong: stack => {
      readingSecrets(stack, 'source');
      stack.byHand = [];
    },
    also: 'source',
    link: 'entry',
    words: 'secrets "source" not found',
  },
  'property-of-cluster': {
    wrong: stack => {
      readingSecrets(stack, 'source');
      stack.byHand = [{ name: 'source', keys: ['Token'] }];
    },
    also: 'source',
    link: 'entry',
    words: 'property token does not exist',
  },
};
