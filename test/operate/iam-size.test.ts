import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hold } from '../hostile/fuzz/hold.ts';
import { folderOf, type Ran, runMain } from '../machine.ts';
import { dataOf, externalOf, joined, pushOf, storeOf } from './aws-manifests.ts';
import {
  caseNames,
  FILLED,
  KEY_1111,
  manifestsOf,
  type PrintedRole,
  resourceOf,
  rolesIn,
  statementsOf,
} from './iam-cases.ts';
import { isAllowedIn } from './policy-condition.ts';

/** An ExternalSecret and its store; another account reads with another store. */
function manifests(names: readonly string[], others: readonly string[] = []): string {
  const parameters = 'service: ParameterStore, region: eu-west-1';
  const login = 'auth: { jwt: { serviceAccountRef: { name: other, namespace: shop } } }';
  const both = [storeOf(parameters), readsOf('aws', names)];
  if (others.length === 0) return joined(...both);
  return joined(...both, storeOf(`${parameters}, ${login}`, 'other'), readsOf('other', others));
}

function readsOf(store: string, names: readonly string[]): string {
  return externalOf(store, `kind: ClusterSecretStore, name: ${store}`, dataOf(names));
}

async function iam(text: string, ...flags: readonly string[]): Promise<Ran> {
  const folder = folderOf([['in.yaml', text]]);
  return runMain(folder, ['--format', 'json', 'iam', 'in.yaml', ...FILLED, ...flags]);
}

async function roleOf(text: string, ...flags: readonly string[]): Promise<PrintedRole> {
  const { status, stdout, stderr } = await iam(text, ...flags);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const role = rolesIn(stdout).find(({ name }) => name === 'rem-secrets-external-secrets');
  if (role === undefined) throw new Error('there is no role');
  return role;
}

/** `/shop/part-0/key-0` … of so many parts. */
function namesIn(parts: number, keys: number): string[] {
  return Array.from(
    { length: parts * keys },
    (_, index) => `/shop/part-${Math.floor(index / keys)}/key-${index % keys}`,
  );
}

function resourcesOf(role: PrintedRole): string[] {
  return statementsOf(role).flatMap(({ resources = [] }) => resources);
}

const arn = (name: string): string => `arn:aws:ssm:eu-west-1:123456789012:parameter${name}`;

/** Each policy is one that AWS takes, and counted as AWS counts it. */
function expectWithinLimits({ policies }: PrintedRole): void {
  for (const { characters, document } of policies) {
    expect(characters).toBe(JSON.stringify(document).length);
    expect(characters).toBeLessThanOrEqual(6144);
  }
  expect(policies.length).toBeLessThanOrEqual(10);
}

test('what fits into one policy is named exactly', async () => {
  const names = namesIn(6, 10);
  const role = await roleOf(manifests(names));
  expectWithinLimits(role);
  expect(role.policies).toHaveLength(1);
  expect(role.notes).toEqual([]);
  expect(resourcesOf(role)).toEqual(names.map(arn).sort());
});

test('what does not is folded into the smallest subtrees that are read completely, and that is said', async () => {
  const role = await roleOf(manifests([...namesIn(20, 10), '/shop/alone']));
  expectWithinLimits(role);
  expect(role.policies).toHaveLength(1);
  const parts = Array.from({ length: 20 }, (_, index) => arn(`/shop/part-${index}/*`));
  expect(resourcesOf(role)).toEqual([...parts, arn('/shop/alone')].sort());
  expect(role.notes).toHaveLength(20);
  expect(role.notes[0]).toBe(
    `rem-secrets-external-secrets may read all below ${arn('/shop/part-0/*')}: the 10 entries that are known there, and whatever is put beside them`,
  );
});

test('a deep tree is folded no further than a flat one beside it', async () => {
  const names = Array.from(
    { length: 200 },
    (_, index) => `/shop/deep/part-${index % 20}/key-${index}`,
  );
  const flat = Array.from({ length: 200 }, (_, index) => `/part-${index % 20}/key-${index}`);
  const role = await roleOf(manifests([...names, ...flat]));
  expectWithinLimits(role);
  expect(role.policies).toHaveLength(1);
  const parts = Array.from({ length: 20 }, (_, index) => `/part-${index}/*`);
  const all = [...parts, ...parts.map(part => `/shop/deep${part}`)];
  expect(resourcesOf(role)).toEqual(all.map(arn).sort());
});

test('a subtree of which another role reads something stays in names, in several policies', async () => {
  const names = namesIn(20, 10);
  const others = Array.from({ length: 20 }, (_, index) => `/shop/part-${index}/own`);
  const role = await roleOf(manifests(names, others));
  expectWithinLimits(role);
  expect(role.policies.map(({ name }) => name)).toEqual(
    role.policies.map((_, index) => `rem-secrets-external-secrets_${index + 1}`),
  );
  expect(role.policies.length).toBeGreaterThan(1);
  expect(resourcesOf(role)).toEqual(names.map(arn).sort());
  expect(role.notes).toEqual([]);
});

test('what a key encrypts is cut to size in the same way', async () => {
  const role = await roleOf(manifests(namesIn(20, 10)), '--kms-key', '1111');
  expectWithinLimits(role);
  expect(role.policies).toHaveLength(1);
  const may = (name: string): boolean =>
    isAllowedIn(statementsOf(role), 'kms:Decrypt', KEY_1111, {
      'kms:ViaService': 'ssm.eu-west-1.amazonaws.com',
      'kms:EncryptionContext:PARAMETER_ARN': arn(name),
    });
  expect([may('/shop/part-3/key-7'), may('/shop/other/key-7')]).toEqual([true, false]);
});

test('what no ten policies hold is an error at the store', async () => {
  const names = Array.from(
    { length: 3000 },
    (_, index) => `/key-${index}/of-a-name-that-is-long-enough`,
  );
  const { status, stdout, stderr } = await iam(manifests(names));
  expect(status).toBe(1);
  expect(rolesIn(stdout)).toEqual([]);
  expect(stderr).toContain(
    'in.yaml:4:21: error: role "rem-secrets-external-secrets" would need more than 10 policies of 6144 characters [iam-size]\n  4 | spec: { provider: { aws: { service: ParameterStore, region: eu-west-1 } } }\n    |                     ^\n  hint: Keep values that are read together in one entry, as JSON, put them below a path of their own, or give the stores roles of their own.\n',
  );
});

test('a policy with variables is as large as with their longest values', async () => {
  const rolesFor = async (count: number): Promise<readonly PrintedRole[]> => {
    const names = Array.from({ length: count }, (_, index) => `/key-${1000 + index}`);
    const text = manifests(names).replace('eu-west-1', "'$" + "{REGION}'");
    const { stdout } = await runMain(folderOf([['in.yaml', text]]), [
      ...['--format', 'json', 'iam', 'in.yaml', '--cluster', 'shop'],
    ]);
    return rolesIn(stdout);
  };
  const longest = 'arn:aws-us-gov:ssm:ap-southeast-99:123456789012:parameter/key-1000';
  const frame = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'ssm:GetParameter', Resource: [longest] }],
  });
  const fitting = 1 + Math.floor((6144 - frame.length) / (longest.length + 3));
  const countOf = (roles: readonly PrintedRole[]): number =>
    roles.flatMap(({ policies }) => [...policies]).length;
  expect(countOf(await rolesFor(fitting))).toBe(1);
  expect(countOf(await rolesFor(fitting + 1))).toBe(2);
});

test('a policy is filled to its last character, by a list or by the statement behind it', async () => {
  const pushed = (names: readonly string[]): string => {
    const data = names.map(name => `{ match: { remoteRef: { remoteKey: ${name} } } }`);
    const push = pushOf(
      'push',
      'kind: ClusterSecretStore, name: aws',
      'aws',
      `data: [${data.join(', ')}]`,
    );
    return joined(manifests(['/read']), push);
  };
  for (const written of [manifests, pushed]) {
    const names = Array.from({ length: 70 }, (_, index) => `/key-${1000 + index}`);
    const sizes = async (longer: number): Promise<number[]> => {
      const role = await roleOf(written([...names, `/key-${'z'.repeat(longer)}`]));
      expectWithinLimits(role);
      return role.policies.map(({ characters }) => characters);
    };
    const [size = 0] = await sizes(1);
    const room = 1 + 6144 - size;
    expect([await sizes(room), await sizes(room + 1)]).toEqual([
      [6144],
      [expect.any(Number), expect.any(Number)],
    ]);
  }
});

test('a role that too many accounts have is an error, not a trust policy that AWS refuses', async () => {
  const BY_ACCOUNT =
    'service: ParameterStore, region: eu-west-1, auth: { jwt: { serviceAccountRef: { name: reader } } }';
  const reader = (namespace: string): string => `---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: ${namespace}
  annotations: { eks.amazonaws.com/role-arn: 'arn:aws:iam::123456789012:role/all' }
---
${storeOf(BY_ACCOUNT, 'aws', namespace)}---
${externalOf('a', 'name: aws', dataOf(['/a']), namespace)}`;
  const readers = (count: number): string =>
    Array.from({ length: count }, (_, index) => reader(`shop-${index}`)).join('');
  const { stdout } = await iam(readers(5));
  const [role] = rolesIn(stdout);
  expect(JSON.stringify(role?.trustPolicy).length).toBeLessThanOrEqual(2048);
  const tooMany = await iam(readers(8));
  expect(tooMany.status).toBe(1);
  expect(tooMany.stderr).toContain('hint: Let fewer roles or accounts take on this one.\n');
  expect(tooMany.stderr).toContain(
    'error: the trust policy of role "all" is longer than the 2048 characters that AWS allows [iam-size]\n',
  );
});

test('a name that is not filled in is an error, and the rest is there', async () => {
  const { status, stdout, stderr } = await iam(manifests(['/shop/key', `'/shop/\${ENV}/key'`]));
  expect(status).toBe(1);
  expect(rolesIn(stdout).flatMap(resourcesOf)).toEqual([arn('/shop/key')]);
  expect(stderr).toContain(
    `error: "/shop/\${ENV}/key" is not filled in, so that no policy can name it [unresolved-name]`,
  );
});

test('the order of manifests means nothing', async () => {
  const names = namesIn(20, 10);
  expect(await iam(manifests([...names].reverse()))).toEqual(await iam(manifests(names)));
  for (const name of caseNames) {
    const text = manifestsOf(name);
    const turned = text.split('---\n').reverse().join('---\n');
    expect(await iam(turned)).toEqual(await iam(text));
  }
});

test('however many and however long the names are, all of them may be read and each policy fits', async () => {
  const level = fc.stringMatching(/^[b-r][a-z0-9-]{0,40}$/);
  const name = fc
    .array(level, { minLength: 1, maxLength: 4 })
    .map(levels => `/${levels.join('/')}`);
  await hold(
    'size of policies',
    15,
    [fc.uniqueArray(name, { minLength: 1, maxLength: 400 })],
    async names => {
      const role = await roleOf(manifests(names));
      expectWithinLimits(role);
      const statements = statementsOf(role);
      const refused = names.filter(
        one => !isAllowedIn(statements, 'ssm:GetParameter', resourceOf(arn(one)), {}),
      );
      expect(refused).toEqual([]);
    },
  );
});
