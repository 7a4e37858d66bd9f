import { expect, test } from 'vitest';
import { root, runMain, yamlIn } from '../machine.ts';
import { dataOf, externalOf, joined, pushOf, storeOf } from './aws-manifests.ts';
import type { PrintedRole } from './iam-cases.ts';
import { FILLED, KEY_1111, printedOf, rolesIn, statementsOf } from './iam-cases.ts';
import { isAllowedIn } from './policy-condition.ts';

/** A SecretStore with its ExternalSecret, which reads a parameter of the same name. */
function reads(namespace: string, name: string, auth: string, region = 'eu-west-1'): string {
  return joined(
    storeOf(`service: ParameterStore, region: '${region}', auth: ${auth}`, name, namespace),
    externalOf(name, `name: ${name}`, dataOf([`/${namespace}/${name}`]), namespace),
  );
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
  const longest = 'a'.repeat(64 - 'rem-secrets-shop.'.length);
  const [whole, cut] = await rolesOf([
    asAccount('shop', longest),
    asAccount('shop', `${longest}a`),
  ]);
  expect([whole?.name, cut?.name.length]).toEqual([`rem-secrets-shop.${longest}`, 64]);
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

test('a region is in its partition, and one that AWS cannot have is an error', async () => {
  const auth = '{ jwt: { serviceAccountRef: { name: reader } } }';
  const arnIn = async (region: string): Promise<unknown> => {
    const args = ['--format', 'json', 'iam', '-', ...FILLED, '--kms-key', '1111'];
    const { stdout, stderr } = await runMain(root, args, reads('shop', 'a', auth, region));
    const statements = rolesIn(stdout).flatMap(statementsOf);
    const read = statements.find(({ actions }) => actions?.includes('ssm:GetParameter'));
    const via = /"kms:ViaService":\s*"([^"]+)"/.exec(stdout)?.[1];
    return read === undefined ? stderr : [...(read.resources ?? []), via];
  };
  const expected = {
    'us-gov-west-1': ['aws-us-gov', 'ssm.us-gov-west-1.amazonaws.com'],
    'cn-north-1': ['aws-cn', 'ssm.cn-north-1.amazonaws.com.cn'],
    'eusc-de-east-1': ['aws-eusc', 'ssm.eusc-de-east-1.amazonaws.eu'],
    'eu-west-9': ['aws', 'ssm.eu-west-9.amazonaws.com'],
  };
  for (const [region, [partition, via]] of Object.entries(expected))
    expect(await arnIn(region)).toEqual([
      `arn:${partition}:ssm:${region}:123456789012:parameter/shop/a`,
      via,
    ]);
  for (const region of ['eu-wset-1', 'euwest-1', 'eu-west-1a', 'us-gob-west-1', 'eu-west'])
    expect(await arnIn(region)).toMatch(
      new RegExp(
        `error: AWS has no region "${region}" \\[aws-name\\]\\n.*\\n  hint: There are .*"(?:eu-west-1|us-gov-west-1)"`,
      ),
    );
});

/** A store of a service, with its login, and an ExternalSecret of it. */
function reading(service: string, entry: string, login = ''): string {
  return joined(
    storeOf(`service: ${service}, region: eu-west-1${login}`, 'aws', 'shop'),
    externalOf('db', 'name: aws', entry),
  );
}

/** The same, and a PushSecret to it. */
function named(service: string, entry: string, push: string, login?: string): string {
  const pushed = pushOf('push', 'name: aws', 'db', `data: [${push}]`);
  return joined(reading(service, entry, login), pushed);
}

const plainRead = 'data: [{ secretKey: a, remoteRef: { key: /shop/db } }]';
const plainPush = '{ match: { secretKey: a, remoteRef: { remoteKey: /shop/copy } } }';

interface Place {
  readonly reads?: string;
  readonly push?: string;
  readonly login?: string;
}

const cases = yamlIn<{
  readonly names: readonly string[];
  readonly places: Readonly<Record<string, Place>>;
  readonly arns: readonly string[];
  readonly notRoles: readonly string[];
  readonly searches: readonly [regexp: string, expected: readonly string[]][];
  readonly keys: readonly [service: string, key: string, expected: string][];
  readonly everywhere: string;
  readonly namespace: string;
  readonly notCovered: readonly { readonly text: string; readonly note: string }[];
  readonly refusedSearches: readonly [service: string, find: string][];
}>(import.meta.dirname, 'iam-names.yaml');
const { names, places, arns, notRoles, searches, keys, everywhere, namespace } = cases;

const HOSTILE = [
  ...Object.entries(places).flatMap(([what, place]) =>
    names.map(name => [`${what} ${name}`, name, place] as const),
  ),
  ...arns.map(arn => [arn, arn, places['key'] ?? {}] as const),
  ...notRoles.map(arn => [arn, arn, places['additional role'] ?? {}] as const),
];

test.for(['ParameterStore', 'SecretsManager'])('no name in %s becomes a pattern', async service => {
  for (const [what, name, { reads = plainRead, push = plainPush, login = '' }] of HOSTILE) {
    const [read, pushed, as] = [reads, push, login].map(text => text.replace('{}', () => name));
    const text = named(service, read ?? '', pushed ?? '', as);
    const args = ['--format', 'json', 'iam', '-', ...FILLED];
    const { status, stdout, stderr } = await runMain(root, args, text);
    expect([what, status, stderr]).toEqual([what, 1, expect.stringContaining('error: ')]);
    const statements = rolesIn(stdout).flatMap(statementsOf);
    const resources = statements.flatMap(statement => statement.resources ?? []);
    expect(resources.filter(arn => arn !== '*' && /[*]|\?(?!\?*$)/.test(arn))).toEqual([]);
  }
});

test('each fault is told at its place, with what to do', async () => {
  const settings = [
    ["region: 'eu-wset-1'", '/shop/a'],
    ["region: eu-west-1, role: 'arn:aws:iam::123456789012:role/*'", '/shop/b'],
    ["region: eu-west-1, role: '$" + "{ROLE}'", '/shop/c'],
    ["region: eu-west-1, additionalRoles: ['reader?']", '/shop/d'],
    ['region: eu-west-1', '/shop/$' + '{ENV}'],
    ['region: eu-west-1', '/shop/*'],
    ['region: eu-west-1', ''],
  ];
  const manifests = settings.map(([aws, key], index) => {
    const store = storeOf(`service: ParameterStore, ${aws}`, `s${index}`, 'shop');
    const data = `data: [{ secretKey: a, remoteRef: { key: '${key}' } }]`;
    return joined(store, externalOf(`s${index}`, `kind: SecretStore, name: s${index}`, data));
  });
  const { status, stderr } = await runMain(root, ['iam', '-', ...FILLED], manifests.join('---\n'));
  expect(status).toBe(1);
  await expect(stderr).toMatchFileSnapshot('iam-faults.out');
});

/** The resources on which an action is allowed, without what the ARNs of all begin with. */
async function allowedOn(action: string, manifests: string): Promise<readonly string[]> {
  const roles = rolesIn(await printedOf(manifests, 'json', ...FILLED));
  const statements = roles.flatMap(statementsOf).filter(({ actions }) => actions?.includes(action));
  const arns = statements.flatMap(({ resources = [] }) => [...resources]);
  return arns.map(arn =>
    arn.replace(/^arn:aws:\w+:eu-west-1:123456789012:(?:secret:|parameter)/, ''),
  );
}

/** As many ways as are taken apart. */
const WAYS = Array.from({ length: 50 }, (_, index) => `way-${10 + index}`);

test.for<[regexp: string, expected: readonly string[]]>([
  ...searches,
  [`^${'(a|b)'.repeat(40)}`, ['*']],
  [`^(${WAYS.join('|')})`, WAYS.map(way => `${way}*`)],
  [`^(${WAYS.join('|')}|more)`, ['*']],
  [`^${'a'.repeat(999)}`, [`${'a'.repeat(999)}*`]],
  [`^${'a'.repeat(1000)}`, ['*']],
])('a search for %j may read %j', async ([regexp, expected]) => {
  const entry = `dataFrom: [{ find: { name: { regexp: '${regexp}' } } }]`;
  const manifests = reading('SecretsManager', entry);
  expect(await allowedOn('secretsmanager:GetSecretValue', manifests)).toEqual(expected);
});

test('a search by name in Parameter Store reads its path, or all without one', async () => {
  const searched = (find: string): Promise<readonly string[]> => {
    const manifests = reading('ParameterStore', `dataFrom: [{ find: { ${find} } }]`);
    return allowedOn('ssm:GetParametersByPath', manifests);
  };
  expect(await searched('name: { regexp: ^db }')).toEqual(['/*']);
  expect(await searched('path: /shop/, name: { regexp: ^db }')).toEqual(['/shop', '/shop/*']);
  expect(await searched('tags: { team: shop }')).toEqual([]);
  const found = (find: string): Promise<readonly string[]> => {
    const manifests = reading('ParameterStore', `dataFrom: [{ find: { ${find} } }]`);
    return allowedOn('ssm:GetParameter', manifests);
  };
  expect(await found('tags: { team: shop }')).toEqual(['/*']);
  expect(await found('path: /shop, tags: { team: shop }')).toEqual(['/shop/*']);
});

test.for(keys)('in %s the key %s is exactly %s', async ([service, key, expected]) => {
  const entry = `data: [{ secretKey: a, remoteRef: { key: '${key}' } }]`;
  const action =
    service === 'ParameterStore' ? 'ssm:GetParameter' : 'secretsmanager:GetSecretValue';
  expect(await allowedOn(action, reading(service, entry))).toEqual([expected]);
});

test.for([
  "spec: { kmsKeyID: '1111' }",
  'spec: { kmsKeyID: key/1111 }',
  "spec: { kmsKeyID: 'arn:aws:kms:eu-west-1:123456789012:key/1111' }",
  "spec: { kmsKeyId: '1111' }",
  "Spec: { \u212amskeyid: '1111' }",
])(
  'Secrets Manager may try the new key of %s, with the ARN of the secret in its context',
  async metadata => {
    const push = plainPush.replace(/}$/, `, metadata: { ${metadata} } }`);
    const roles = rolesIn(
      await printedOf(named('SecretsManager', plainRead, push), 'json', ...FILLED),
    );
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:/shop/copy-AbCdEf';
    const mayTry = (action: string, secret: string): boolean =>
      isAllowedIn(roles.flatMap(statementsOf), action, KEY_1111, {
        'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com',
        'kms:EncryptionContext:SecretARN': secret,
        'kms:EncryptionContext:SecretVersionId': 'RequestToValidateKeyAccess',
      });
    for (const action of ['kms:Decrypt', 'kms:GenerateDataKey'])
      expect([mayTry(action, arn), mayTry(action, `${arn}x`)]).toEqual([true, false]);
  },
);

test('what a ClusterExternalSecret reads in namespaces that are not here is said not to be known', async () => {
  const notes = async (text: string): Promise<unknown> =>
    JSON.parse(await printedOf(text, 'json', ...FILLED)).plans[0].missing;
  expect(await notes(everywhere)).toEqual([
    'what ClusterExternalSecret all reads is not covered: no namespace that its labels choose is in the manifests',
  ]);
  const both = everywhere + namespace;
  expect(await notes(both)).toBeUndefined();
  const withAccount = (ref: string): string =>
    both.replace('eu-west-1', `eu-west-1, auth: { jwt: { serviceAccountRef: { ${ref} } } }`);
  expect(await notes(withAccount('name: reader, namespace: platform'))).toBeUndefined();
  expect(await notes(withAccount('name: reader'))).toEqual([
    'ClusterExternalSecret all chooses namespaces by labels: of those that are not in the manifests no role is known',
  ]);
});

test('a store of AWS with another service is said not to be covered', async () => {
  const manifests = joined(named('CertificateManager', plainRead, plainPush), everywhere);
  expect(JSON.parse(await printedOf(manifests, 'json', ...FILLED)).plans[0].missing).toContain(
    'what SecretStore shop/aws may do is not covered: its service is "CertificateManager"',
  );
});

test('a role with a single session tag may be given it', async () => {
  const role = 'arn:aws:iam::123456789012:role/shop';
  const login = `, role: '${role}', sessionTags: [{ key: team, value: shop }]`;
  const manifests = named('ParameterStore', plainRead, plainPush, login);
  const roles = rolesIn(await printedOf(manifests, 'json', ...FILLED));
  const statements = roles.flatMap(statementsOf);
  const tagging = statements.filter(({ actions }) => actions?.includes('sts:TagSession'));
  expect(tagging.map(({ resources }) => resources)).toEqual([[role]]);
});

test('a tag and an external ID are written literally', async () => {
  const entry = "dataFrom: [{ find: { tags: { team: 'a*?' } } }]";
  const role = 'arn:aws:iam::123456789012:role/shop';
  const login = `, role: '${role}', externalID: 'b*'`;
  const manifests = named('SecretsManager', entry, plainPush, login);
  const text = JSON.stringify(rolesIn(await printedOf(manifests, 'json', ...FILLED)));
  expect(text).toContain('"aws:ResourceTag/team":"a$' + '{*}$' + '{?}"');
  expect(text).toContain('"sts:ExternalId":"b$' + '{*}"');
});

test('in text a name with a line break is on one line', async () => {
  const entry = 'data: [{ secretKey: a, remoteRef: { key: "a\\n  note: all is well" } }]';
  const { stdout } = await runMain(root, ['iam', '-'], reading('SecretsManager', entry));
  expect(stdout).not.toMatch(/^ *note: all is well/m);
  expect(stdout).toContain(String.raw`secret:a\n  note: all is well-??????`);
});

test.for(cases.notCovered)('what is not covered is said: $note', async ({ text, note }) => {
  const [plan] = JSON.parse(await printedOf(text, 'json', ...FILLED)).plans;
  expect([plan.roles, plan.missing]).toEqual([[], [note]]);
});

test.for(cases.refusedSearches)(
  'a search of %s that is refused allows nothing: %s',
  async ([service, find]) => {
    const { status, stdout, stderr } = await runMain(
      root,
      ['--format', 'json', 'iam', '-'],
      reading(service, `dataFrom: [{ find: ${find} }]`),
    );
    expect([status, rolesIn(stdout)]).toEqual([1, []]);
    expect(stderr).toContain('the search has neither a name nor tags');
  },
);

test('the audience of a token, and the keys of lasting tags, are written literally', async () => {
  const account = `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: reader\n  namespace: shop\n  annotations: { eks.amazonaws.com/audience: '\u0024{aws:userid}' }\n`;
  const role = 'arn:aws:iam::123456789012:role/shop';
  const login = `, role: '${role}', auth: { jwt: { serviceAccountRef: { name: reader } } }, sessionTags: [{ key: 'a*', value: b }], transitiveTagKeys: ['a*']`;
  const manifests = joined(reading('ParameterStore', plainRead, login), account);
  const text = JSON.stringify(rolesIn(await printedOf(manifests, 'json', ...FILLED)));
  expect(text).toContain(':aud":"$' + '{$}{aws:userid}"');
  expect(text).toContain('"sts:TransitiveTagKeys":["a$' + '{*}"]');
});
