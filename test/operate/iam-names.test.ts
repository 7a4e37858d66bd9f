import { expect, test } from 'vitest';
import { FILLED, type PrintedRole, printedOf, rolesIn, statementsOf } from './iam-cases.ts';

/** A SecretStore with its ExternalSecret, which reads a parameter of the same name. */
function reads(namespace: string, name: string, auth: string, region = 'eu-west-1'): string {
  return `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  provider: { aws: { service: ParameterStore, region: '${region}', auth: ${auth} } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  secretStoreRef: { kind: SecretStore, name: ${name} }
  data: [{ secretKey: key, remoteRef: { key: /${namespace}/${name} } }]
`;
}

function asAccount(namespace: string, name: string): string {
  return reads(namespace, name, `{ jwt: { serviceAccountRef: { name: ${name} } } }`);
}

function asUser(namespace: string, name: string): string {
  return reads(namespace, name, '{ secretRef: { accessKeyIDSecretRef: { name: a, key: b } } }');
}

async function rolesOf(
  manifests: readonly string[],
  ...flags: readonly string[]
): Promise<PrintedRole[]> {
  return rolesIn(await printedOf(manifests.join('---\n'), 'json', ...FILLED, ...flags));
}

/** The parameters that each may read. */
function readBy(roles: readonly PrintedRole[]): unknown[] {
  return roles.map(role => [
    role.name,
    statementsOf(role).flatMap(({ resources }) =>
      (resources ?? []).map(arn => arn.slice(arn.indexOf('parameter') + 'parameter'.length)),
    ),
  ]);
}

test('accounts whose namespaces and names only look the same have roles of their own', async () => {
  expect(readBy(await rolesOf([asAccount('a', 'b-c'), asAccount('a-b', 'c')]))).toEqual([
    ['rem-secrets-a-b.c', ['/a-b/c']],
    ['rem-secrets-a.b-c', ['/a/b-c']],
  ]);
});

test('stores of the same name in two namespaces have users of their own, and not the name of a role', async () => {
  const manifests = [asUser('a', 'b'), asUser('c', 'b'), asAccount('user', 'b')];
  expect(readBy(await rolesOf(manifests))).toEqual([
    ['rem-secrets-user@a@b', ['/a/b']],
    ['rem-secrets-user@c@b', ['/c/b']],
    ['rem-secrets-user.b', ['/user/b']],
  ]);
});

test('names that are too long for AWS are cut, and stay apart', async () => {
  const long = 'long-'.repeat(11);
  const roles = await rolesOf([asAccount('shop', `${long}a`), asAccount('shop', `${long}b`)]);
  expect(readBy(roles)).toEqual([
    [expect.stringMatching(/^.{55}_[0-9a-f]{8}$/), [`/shop/${long}a`]],
    [expect.stringMatching(/^.{55}_[0-9a-f]{8}$/), [`/shop/${long}b`]],
  ]);
  expect(new Set(roles.map(({ name }) => name)).size).toBe(2);
});

test.for(['eu-west-1', 'cn-north-1'])(
  'an account has one role, be the region of a store filled in (%s) or not yet',
  async region => {
    const auth = '{ jwt: { serviceAccountRef: { name: reader } } }';
    const open = reads('shop', 'a', auth, '$' + '{REGION}');
    const roles = await rolesOf([open, reads('shop', 'b', auth, region)]);
    expect(roles.map(({ name }) => name)).toEqual(['rem-secrets-shop.reader']);
    const policies = JSON.stringify(roles.map(one => one.policies));
    expect(policies.match(/:parameter[/\w]+/g)).toEqual([':parameter/shop/a', ':parameter/shop/b']);
    expect(JSON.stringify(roles.map(one => one.trustPolicy))).not.toContain('AWS_PARTITION');
  },
);
