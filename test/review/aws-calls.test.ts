import { expect, test } from 'vitest';
import { compared } from './repository.ts';

function manifests(service: string, interval: string, ...keys: readonly string[]): string {
  const data = keys.map((key, at) => `{ secretKey: k${at}, remoteRef: { key: ${key} } }`);
  return `apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: aws }
spec: { provider: { aws: { service: ${service}, region: eu-west-1 } } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: api, namespace: shop }
spec:
  refreshInterval: ${interval}
  secretStoreRef: { kind: ClusterSecretStore, name: aws }
  data: [${data.join(', ')}]
`;
}

test('more calls of AWS are told, in every format', async () => {
  const base = manifests('ParameterStore', '1h', '/a');
  const head = manifests('ParameterStore', '1m', '/a', '/b');
  const said = '720 calls of AWS a month become 86,400, and $0.00 become $0.20';
  expect(await compared(base, head)).toContain(`\nAWS: ${said}\n`);
  expect(await compared(base, head, 'markdown')).toContain(
    '720 calls of AWS a month become 86,400',
  );
  expect(await compared(base, head, 'html')).toContain(`AWS: ${said}`);
  expect(JSON.parse(await compared(base, head, 'json')).awsCalls).toEqual([
    { environment: '', base: { calls: 720, dollars: 0 }, head: { calls: 86_400, dollars: 0.2 } },
  ]);
});

test.for<[what: string, base: string, head: string, said: string | undefined]>([
  [
    'a secret costs by the month too',
    manifests('SecretsManager', '1h', 'a'),
    manifests('SecretsManager', '1h', 'a', 'b'),
    '720 calls of AWS a month become 1,440, and $0.40 become $0.81',
  ],
  [
    'what comes',
    manifests('ParameterStore', '1h'),
    manifests('ParameterStore', '1h', '/a'),
    '0 calls of AWS a month become 720',
  ],
  [
    'another name is as many calls',
    manifests('ParameterStore', '1h', '/a'),
    manifests('ParameterStore', '1h', '/b'),
    undefined,
  ],
])('%s', async ([, base, head, said]) => {
  const line = (await compared(base, head)).split('\n').find(text => text.startsWith('AWS: '));
  expect(line).toBe(said === undefined ? undefined : `AWS: ${said}`);
});

/** A ClusterExternalSecret, and a namespace that it is made in if its team is "shop". */
function ofTeam(team: string): string {
  const [store] = manifests('ParameterStore', '1h').split('---');
  return `${store}---
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata: { name: api }
spec:
  namespaceSelectors: [{ matchLabels: { team: shop } }]
  externalSecretSpec:
    refreshInterval: 1h
    secretStoreRef: { kind: ClusterSecretStore, name: aws }
    data: [{ secretKey: a, remoteRef: { key: /a } }]
---
{ apiVersion: v1, kind: Namespace, metadata: { name: one, labels: { team: shop } } }
---
{ apiVersion: v1, kind: Namespace, metadata: { name: two, labels: { team: ${team} } } }
`;
}

test('one namespace more for an object of each is one refresh more', async () =>
  expect(await compared(ofTeam('other'), ofTeam('shop'))).toContain(
    '\nAWS: 720 calls of AWS a month become 1,440\n',
  ));

/** All keys of a Secret that an ExternalSecret or, as here, somebody else makes are pushed. */
function pushing(...keys: readonly string[]): string {
  const [store] = manifests('SecretsManager', '1h').split('---');
  const data = keys.map(key => `${key}: eA==`);
  return `${store}---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: { name: out, namespace: shop }
spec:
  refreshInterval: 1h
  selector: { secret: { name: source } }
  secretStoreRefs: [{ kind: ClusterSecretStore, name: aws }]
  dataTo: [{ storeRef: { kind: ClusterSecretStore, name: aws } }]
---
{ apiVersion: v1, kind: Secret, metadata: { name: source, namespace: shop }, data: { ${data.join(', ')} } }
`;
}

test('a key more in a Secret that is pushed whole is told, though nothing of ESO changes', async () =>
  expect(await compared(pushing('a'), pushing('a', 'b'))).toContain(
    '\nAWS: 2,160 calls of AWS a month, as before, and $0.41 become $0.81\n',
  ));

function withRole(account: string): string {
  const provider = (more: string): string =>
    `{ provider: { aws: { service: SecretsManager, region: eu-west-1, ${more} } } }`;
  const secret = (store: string): string => `---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${store}, namespace: shop }
spec: { refreshInterval: 1h, secretStoreRef: { name: ${store} }, data: [{ secretKey: a, remoteRef: { key: a } }] }
`;
  const store = (name: string, more: string): string =>
    `---\n{ apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: { name: ${name}, namespace: shop }, spec: ${provider(more)} }\n${secret(name)}`;
  const role = (id: string): string => `arn:aws:iam::${id}:role/reader`;
  return `apiVersion: v1
kind: ServiceAccount
metadata: { name: reader, namespace: shop, annotations: { eks.amazonaws.com/role-arn: "${role(account)}" } }
${store('one', `role: "${role('111111111111')}"`)}${store('two', 'auth: { jwt: { serviceAccountRef: { name: reader } } }')}`;
}

test('a role in another account pays for its own secrets', async () =>
  expect(await compared(withRole('111111111111'), withRole('222222222222'))).toContain(
    '\nAWS: 1,440 calls of AWS a month, as before, and $0.41 become $0.81\n',
  ));
