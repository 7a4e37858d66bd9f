import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mapAt, textAt } from '../../generator/core/json.ts';
import { KEY, TEXTS } from '../../generator/iam/command.ts';
import { runtimeSchema } from '../../tools/build/runtime-schema.ts';
import { folderOf, type Ran, root, runMain, yamlIn } from '../machine.ts';
import { specOf } from '../spec-text.ts';
import { dataOf, externalOf } from './aws-manifests.ts';
import { rolesIn } from './iam-cases.ts';

const BODY = `
namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-west-1, prefix: /shop } } }
secrets: { api-keys: { store: aws, keys: { stripe: payments/stripe-key } } }
environments:
  dev: { cluster: shared, stores: { aws: { aws: { prefix: /shop-dev } } } }
  test: { cluster: shared, namespace: shop-test, stores: { aws: { aws: { prefix: /shop-test } } } }
  prod: {}`;
const WITH_IAM = specOf(`${BODY}\niam: { formats: [json] }`);

/** A folder with a spec, and what is made of it. */
async function expanded(spec = WITH_IAM): Promise<string> {
  const folder = folderOf({ 'rem-secrets.yaml': spec });
  expect((await runMain(folder, 'expand')).status).toBe(0);
  return folder;
}

async function iam(folder: string, ...args: readonly string[]): Promise<Ran> {
  return runMain(folder, ['--format', 'json', 'iam', ...args]);
}

function resources(json: string): unknown[] {
  return rolesIn(json).flatMap(({ policies }) =>
    policies.flatMap(({ document }) => {
      const { Statement: statements } = document as { Statement: { Resource: unknown }[] };
      return statements.flatMap(({ Resource: resource }) => [resource].flat());
    }),
  );
}

function arns(...names: readonly string[]): string[] {
  return names.map(name => `arn:aws:ssm:eu-west-1:\${AWS_ACCOUNT_ID}:parameter${name}`);
}

test('environments of one cluster have one role, under the name of each', async () => {
  const folder = await expanded();
  const shared = await iam(folder, '-e', 'shared');
  expect(resources(shared.stdout)).toEqual(
    arns('/shop-dev/payments/stripe-key', '/shop-test/payments/stripe-key'),
  );
  expect(await iam(folder, '-e', 'dev')).toEqual(shared);
  expect(resources((await iam(folder, '-e', 'prod')).stdout)).toEqual(
    arns('/shop/payments/stripe-key'),
  );
  expect(readdirSync(join(folder, 'iam'))).toEqual(['prod', 'shared']);
});

test('expand says that iam/ is not up to date, mends it, and leaves what is not its own', async () => {
  const folder = await expanded();
  writeFileSync(join(folder, 'iam/prod/own.json'), '{}\n');
  const changed = WITH_IAM.replace('stripe-key', 'paypal-key');
  writeFileSync(join(folder, 'rem-secrets.yaml'), changed);
  expect(await runMain(folder, ['expand', '--check'])).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('iam/prod/policies.json: would be changed\n'),
  });
  writeFileSync(join(folder, 'rem-secrets.yaml'), specOf(BODY));
  expect((await runMain(folder, ['expand'])).status).toBe(0);
  expect(readdirSync(join(folder, 'iam'), { recursive: true })).toEqual(['prod', 'prod/own.json']);
});

test('a file of somebody else is not written over', async () => {
  const folder = folderOf([
    ['rem-secrets.yaml', WITH_IAM],
    ['iam/prod/policies.json', '{\n  "own": true\n}\n'],
  ]);
  expect(await runMain(folder, ['expand'])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(
      'iam/prod/policies.json:1:1: error: rem-secrets did not make this',
    ),
  });
});

test('what components fetch is in the policy too', async () => {
  const ref = 'kind: ClusterSecretStore, name: aws';
  const external = externalOf('mail', ref, dataOf(['/shop/mail/password']));
  const spec = WITH_IAM.replace('prod: {}', 'prod: { components: [mail] }');
  const folder = folderOf([
    ['rem-secrets.yaml', spec],
    [
      'components/mail/kustomization.yaml',
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [mail.yaml]\n',
    ],
    ['components/mail/mail.yaml', external],
  ]);
  expect((await runMain(folder, ['expand'])).stderr).toMatch(/^\d+ files, \d+ changed\n$/);
  const written = readFileSync(join(folder, 'iam/prod/policies.json'), 'utf8');
  expect(resources(written)).toEqual(arns('/shop/mail/password', '/shop/payments/stripe-key'));
  expect(resources((await iam(folder, '-e', 'prod')).stdout)).toEqual(resources(written));
  writeFileSync(
    join(folder, 'components/mail/mail.yaml'),
    external.replace('/shop/mail/password', "'/shop/*'"),
  );
  const { stderr } = await runMain(folder, ['expand']);
  expect(stderr).toMatch(
    /^rem-secrets.yaml:11:13: error: "\/shop\/\*" cannot be the name of a parameter/,
  );
});

test('manifests may come from stdin, and flags go before the spec', async () => {
  const folder = await expanded();
  const flags = ['--account', '123456789012', '--cluster', 'c', '--prefix', 'p'];
  const { stdout } = await iam(folder, '-e', 'prod', ...flags);
  expect(stdout).toContain('"arn:aws:iam::123456789012:role/p-external-secrets"');
  expect(stdout).not.toContain('${');
  const manifests = readFileSync(join(root, 'test/operate/iam/parameter-store/in.yaml'), 'utf8');
  const piped = await runMain(folder, ['--format', 'json', 'iam', '-'], manifests);
  expect(rolesIn(piped.stdout)).toHaveLength(1);
});

const usage = yamlIn<readonly [args: readonly string[], message: string][]>(
  import.meta.dirname,
  'iam-usage.yaml',
);

test.for(usage)('wrong usage exits 2: %j', async ([args, message]) => {
  const folder = await expanded();
  const { status, stdout, stderr } = await iam(folder, ...args);
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toEqual({ error: stderr.trim() });
  expect(stderr).toContain(message);
});

test('of what was read in part no store of a flag is missed', async () => {
  const folder = folderOf([['broken.yaml', 'a: [\n']]);
  const { status, stderr } = await iam(folder, 'broken.yaml', '--kms-key', 'aws=alias/shop');
  expect(status).toBe(1);
  expect(stderr).toContain('[yaml-syntax]');
});

test('flags take what iam of a spec takes', () => {
  const file = join(root, 'schemas/rem-secrets.schema.json');
  const schema = runtimeSchema(JSON.parse(readFileSync(file, 'utf8')));
  const properties = mapAt(schema, 'definitions', 'iam', 'properties');
  const patternOf = (...path: string[]): string | undefined =>
    textAt(properties, ...path, 'pattern')?.replaceAll('/', '\\/');
  for (const name of ['account', 'cluster', 'oidcProvider'] as const)
    expect(TEXTS[name].test.source).toBe(patternOf(name));
  expect(KEY.source.replaceAll('/', '\\/')).toBe(
    patternOf('keys', 'additionalProperties', 'items'),
  );
});

test('an environment that there is not is an error of the spec', async () => {
  const folder = await expanded();
  const { status, stdout, stderr } = await runMain(folder, ['iam', '-e', 'prd']);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('error: there is no environment "prd" [unknown-environment]');
  expect(stderr).toContain('The environments are: dev, prod, shared, test. Did you mean "prod"?');
});

test('nothing of AWS, nothing to allow', async () => {
  const input = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n';
  const { status, stdout } = await runMain(root, ['iam', '-'], input);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: 'manifests\n  nothing of AWS is read\n',
  });
});
