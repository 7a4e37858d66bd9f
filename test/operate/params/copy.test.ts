import { expect, test } from 'vitest';
import { folderOf, type Ran, runLater, runMain } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';
import { fakeAws } from './fake-aws.ts';
import { somebody } from './somebody.ts';

const SPEC = specOf(`
namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-west-1, prefix: /shop } } }
secrets:
  api-keys: { store: aws, keys: { a: a, b: b, c: c } }
environments:
  dev: { stores: { aws: { aws: { prefix: /shop-dev } } } }
  prod: { secrets: { only-here: { store: aws, keys: { d: d } } } }`);

async function copy(
  aws: Awaited<ReturnType<typeof fakeAws>>,
  answers: readonly string[] | undefined,
  ...flags: readonly string[]
): Promise<Ran & { readonly asked: readonly string[] }> {
  const folder = folderOf([['rem-secrets.yaml', SPEC]]);
  expect((await runMain(folder, ['expand'])).status).toBe(0);
  const { asked, ask } = somebody(answers);
  const ran = await runLater(folder, ['params', 'copy', ...flags], { ...aws.given, ask });
  expect(ran.stdout + ran.stderr).not.toContain('s3cret');
  return { ...ran, asked };
}

const TO_PROD = ['--from', 'dev', '--to', 'prod'];

test('each value that is missing is asked for, none is taken over, and what is left out comes again', async () => {
  const aws = await fakeAws({
    parameters: { '/shop-dev/a': { value: 's3cret of dev' }, '/shop/b': {} },
  });
  const first = await copy(aws, ['s3cret', ''], ...TO_PROD);
  expect(first.status).toBe(0);
  expect(first.stderr).toContain('of 3 entries that dev has too, 2 are missing in prod\n');
  expect(first.stderr).toContain('"/shop/c" is left out\n');
  expect(first.asked).toEqual([
    'hidden The value of /shop/a (it is not shown; empty: left out): ',
    'hidden The value of /shop/c (it is not shown; empty: left out): ',
  ]);
  const operations = new Set(aws.calls.map(({ operation }) => operation));
  expect([...operations]).toEqual(['DescribeParameters', 'PutParameter']);
  expect(aws.state.parameters.get('/shop/a')).toMatchObject({
    type: 'SecureString',
    value: 's3cret',
  });
  const second = await copy(aws, ['s3cret'], ...TO_PROD);
  expect(second.asked).toEqual([
    'hidden The value of /shop/c (it is not shown; empty: left out): ',
  ]);
  expect(aws.state.parameters.has('/shop/d')).toBe(false);
});

test('--dry-run tells what is missing', async () => {
  const aws = await fakeAws();
  const { status, asked, stderr } = await copy(aws, undefined, ...TO_PROD, '--dry-run');
  expect({ status, asked }).toEqual({ status: 0, asked: [] });
  expect(stderr.match(/is left out/g)).toHaveLength(3);
});

test.for([
  [TO_PROD, 'there is no terminal to ask for values'],
  [['--from', 'dve', '--to', 'prod'], 'there is no environment "dve", only dev, prod'],
  [['--from', 'dev'], "required option '--to <environment>'"],
] as const)('wrong usage: %j', async ([flags, said]) => {
  const ran = await copy(await fakeAws(), undefined, ...flags);
  expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining(said) });
});
