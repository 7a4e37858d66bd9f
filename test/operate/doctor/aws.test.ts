import { expect, test } from 'vitest';
import { type Ran, runLater } from '../../machine.ts';
import { fakeAws } from '../params/fake-aws.ts';
import { brokenCluster, expectSaid } from './broken-clusters.ts';

const THERE = { '/shop/stripe-key': {}, '/shop/mail': {}, '/shop/db': {} };

async function asked(
  name: string | undefined,
  options: Parameters<typeof fakeAws>[0],
): Promise<Ran> {
  const aws = await fakeAws(options);
  const folder = brokenCluster(name).written();
  return runLater(folder, ['doctor', '--from', 'dump', '--aws', 'in.yaml'], aws.given);
}

test('where AWS has all of it nothing is said', async () => {
  const { status, stdout } = await asked(undefined, { parameters: THERE });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

test('what AWS has not is missing, before External Secrets has noticed', async () => {
  const { '/shop/mail': _, ...parameters } = THERE;
  const { status, stdout } = await asked(undefined, { parameters });
  expect(stdout).toMatch(
    /^in\.yaml:17:\d+: Secret shop\/api-keys: AWS has no "\/shop\/mail" \[entry\]$/m,
  );
  expect(stdout).toContain('  run: rem-secrets params put /shop/mail --manifests in.yaml\n');
  expect(status).toBe(1);
});

test('what has come since External Secrets looked needs a sync alone', async () => {
  const { stdout } = await asked('parameter-missing', { parameters: THERE });
  expect(stdout).toContain('ExternalSecret "api-keys" is not ready [external-secret]');
  expect(stdout).toContain('  run: kubectl annotate externalsecret api-keys -n shop force-sync=');
});

test('a property that is missing is not told by AWS, but by External Secrets', async () => {
  const { stdout } = await asked('property-missing', { parameters: THERE });
  expect(stdout).toContain('ExternalSecret "api-keys" is not ready [entry]');
});

test('without the right to look it is unknown why', async () => {
  await expectSaid(
    asked(undefined, {
      parameters: THERE,
      denied: ['ssm:DescribeParameters'],
    }),
    /unknown, because "\S+" was not looked at: AWS does not let .* \[entry\]/,
    0,
  );
});

test('no value is asked for', async () => {
  const aws = await fakeAws({ parameters: THERE });
  const folder = brokenCluster().written();
  await runLater(folder, ['doctor', '--from', 'dump', '--aws', 'in.yaml'], aws.given);
  expect(new Set(aws.calls.map(({ operation }) => operation))).toEqual(
    new Set(['DescribeParameters']),
  );
});
