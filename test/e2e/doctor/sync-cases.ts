import type { BrokenCases } from './case.ts';

/** What keeps External Secrets from making the Secret of what it has read. */
export const syncCases: BrokenCases = {
  'not-applied': {
    drifted: stack => stack.remove('ExternalSecret'),
    link: 'external-secret',
    words: 'there is no ExternalSecret "api"',
  },
  'not-json': {
    wrong: stack => {
      const { spec } = stack.one('ExternalSecret');
      spec.dataFrom = [{ extract: spec.data[0].remoteRef }];
      spec.data = undefined;
    },
    link: 'external-secret',
    words: 'unable to unmarshal secret',
  },
  'template-syntax': {
    wrong: stack => {
      stack.one('ExternalSecret').spec.target.template = { data: { token: '{{ .token-of }}' } };
    },
    link: 'external-secret',
    words: 'unable to parse template',
  },
  'template-key': {
    wrong: stack => {
      stack.one('ExternalSecret').spec.target.template = { data: { token: '{{ .Token }}' } };
    },
    link: 'external-secret',
    words: 'could not execute template',
  },
  'template-source': {
    wrong: stack => {
      stack.one('ExternalSecret').spec.target.template = {
        templateFrom: [{ configMap: { name: 'absent', items: [{ key: 'a' }] } }],
      };
    },
    link: 'external-secret',
    words: 'configmaps "absent" not found',
  },
  'secret-type': {
    wrong: stack => {
      stack.one('ExternalSecret').spec.target.template = {
        type: 'kubernetes.io/tls',
        data: { 'tls.crt': '{{ .token }}', token: '{{ .token }}' },
      };
    },
    link: 'external-secret',
    words: 'data[tls.key]: Required value',
  },
  'two-owners': {
    wrong: stack =>
      stack.add(`
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: late, namespace: NAMESPACE }
spec:
  secretStoreRef: { kind: SecretStore, name: aws }
  target: { name: api }
  data: [{ secretKey: token, remoteRef: { key: /NAMESPACE/token } }]
`),
    link: 'external-secret',
    words: 'target is owned by another ExternalSecret',
  },
  immutable: {
    wrong: stack => {
      Object.assign(stack.one('ExternalSecret').spec.target, {
        immutable: true,
        creationPolicy: 'Orphan',
      });
    },
    later: async namespace => (await import('./later.ts')).madeAnew(namespace),
    link: 'external-secret',
    words: 'target is immutable',
  },
  'generator-missing': {
    wrong: stack => {
      const { spec } = stack.one('ExternalSecret');
      const generatorRef = {
        apiVersion: 'generators.external-secrets.io/v1alpha1',
        kind: 'Password',
        name: 'absent',
      };
      spec.data = undefined;
      spec.secretStoreRef = undefined;
      spec.target.template = { data: { token: '{{ .password }}' } };
      spec.dataFrom = [{ sourceRef: { generatorRef } }];
    },
    link: 'external-secret',
    words: 'unable to get generator',
  },
  'nothing-to-merge-into': {
    wrong: stack => {
      stack.one('ExternalSecret').spec.target.creationPolicy = 'Merge';
    },
    link: 'external-secret',
    words: 'SecretMissing',
  },
  'key-not-applied': {
    drifted: stack => {
      stack.one('ExternalSecret').spec.data[0].secretKey = 'former-token';
      stack.remove('Deployment');
    },
    link: 'keys',
    words: 'Secret "api" has no key "token"',
  },
  'not-restarted': {
    later: async namespace => (await import('./later.ts')).rotated(namespace),
    link: 'restart',
    words: 'was started before the Secret was last written',
  },
  'push-refused': {
    wrong: stack => {
      stack.parameters = { token: 'made-up', taken: 'by another' };
      stack.add(PUSH);
    },
    link: 'push',
    words: 'secret not managed by external-secrets',
  },
  'push-not-applied': {
    wrong: stack => stack.add(PUSH),
    drifted: stack => stack.remove('PushSecret'),
    link: 'push',
    words: 'there is no PushSecret "api"',
  },
};

const PUSH = `
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: { name: api, namespace: NAMESPACE }
spec:
  secretStoreRefs: [{ kind: SecretStore, name: aws }]
  selector: { secret: { name: api } }
  data: [{ match: { secretKey: token, remoteRef: { remoteKey: /NAMESPACE/taken } } }]
`;
