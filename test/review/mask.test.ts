import { expect, test } from 'vitest';
import type { JsonObject } from '../../generator/core/json.ts';
import { HIDDEN } from '../../generator/core/mask.ts';
import { shownAt } from '../../generator/report/mask.ts';

/** A word that no output may hold. */
const CANARY = 'hunter2-Zx81';

const hidden: readonly (readonly [what: string, kind: string, object: JsonObject])[] = [
  ['a Secret', 'Secret', { data: { a: CANARY }, stringData: { b: CANARY } }],
  ['a SealedSecret', 'SealedSecret', { spec: { encryptedData: { a: CANARY } } }],
  ['a template', 'ExternalSecret', { spec: { target: { template: { data: { a: CANARY } } } } }],
  [
    'literal text in a template',
    'ExternalSecret',
    { spec: { target: { template: { data: { a: `{{ .u }}:${CANARY}@host` } } } } },
  ],
  [
    'a text inside of a template action',
    'ExternalSecret',
    { spec: { target: { template: { data: { a: `{{ .u | default "${CANARY}" }}` } } } } },
  ],
  [
    'a literal of templateFrom',
    'ExternalSecret',
    { spec: { target: { template: { templateFrom: [{ literal: `a: ${CANARY}` }] } } } },
  ],
  [
    'a template of a ClusterExternalSecret',
    'ClusterExternalSecret',
    { spec: { externalSecretSpec: { target: { template: { data: { a: CANARY } } } } } },
  ],
  ['a template of a PushSecret', 'PushSecret', { spec: { template: { data: { a: CANARY } } } }],
  [
    'a template of a ClusterPushSecret',
    'ClusterPushSecret',
    { spec: { pushSecretSpec: { template: { data: { a: CANARY } } } } },
  ],
  ['a template of a SealedSecret', 'SealedSecret', { spec: { template: { data: { a: CANARY } } } }],
  [
    'the fake provider',
    'SecretStore',
    { spec: { provider: { fake: { data: [{ key: 'a', value: CANARY }] } } } },
  ],
  [
    'the Fake generator inside of a ClusterGenerator',
    'ClusterGenerator',
    { spec: { generator: { fakeSpec: { data: { a: CANARY } } } } },
  ],
  [
    'a template of a ClusterPushSecret',
    'ClusterPushSecret',
    { spec: { pushSecretSpec: { template: { data: { a: CANARY } } } } },
  ],
  ['binary data of a ConfigMap', 'ConfigMap', { binaryData: { a: CANARY } }],
  [
    'SQL that runs once, in the settings of a chart',
    'Application',
    {
      spec: {
        source: { helm: { valuesObject: { initdb: { postInitApplicationSQL: [CANARY] } } } },
      },
    },
  ],
  ['the Fake generator', 'Fake', { spec: { data: { a: CANARY } } }],
  [
    'a variable with the name of a secret',
    'Deployment',
    { spec: { containers: [{ env: [{ name: 'DB_PASSWORD', value: CANARY }] }] } },
  ],
  ['a key of a ConfigMap', 'ConfigMap', { data: { API_TOKEN: CANARY } }],
  [
    'a login in a URL',
    'Deployment',
    { spec: { containers: [{ env: [{ name: 'URL', value: `postgres://app:${CANARY}@db/x` }] }] } },
  ],
  [
    'SQL that runs once',
    'Cluster',
    { spec: { bootstrap: { initdb: { postInitSQL: [`ALTER ROLE a PASSWORD '${CANARY}'`] } } } },
  ],
  [
    'what kubectl applied',
    'Deployment',
    {
      metadata: {
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"a":"${CANARY}"}` },
      },
    },
  ],
];

test.for(hidden)('%s is hidden', ([, kind, object]) => {
  const text = JSON.stringify(shownAt({ ...object, kind }));
  expect(text).not.toContain(CANARY);
  expect(text).toContain(HIDDEN);
});

const open: readonly (readonly [what: string, kind: string, object: JsonObject])[] = [
  [
    'where a value comes from',
    'ExternalSecret',
    { spec: { data: [{ secretKey: 'password', remoteRef: { key: 'shop/api-token' } }] } },
  ],
  [
    'what a template reads',
    'ExternalSecret',
    { spec: { target: { template: { data: { url: '{{ .url }}' } } } } },
  ],
  [
    'a reference to a Secret',
    'Deployment',
    { env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'pass' } } }] },
  ],
  [
    'a variable put together of others',
    'Deployment',
    { env: [{ name: 'URL', value: 'postgres://$(USER):$(PASSWORD)@db/x' }] },
  ],
  ['an image', 'Deployment', { image: 'registry.example.com/web:1.2.3' }],
  ['a number', 'Cluster', { spec: { instances: 3 } }],
];

test.for(open)('%s is shown', ([, kind, object]) => {
  expect(shownAt({ ...object, kind })).toEqual({ ...object, kind });
});
