import { expect, test } from 'vitest';
import { printedOf } from '../iam-cases.ts';
import { brokenCluster, manifests } from './broken-clusters.ts';

const FILLED = ['--account', '123456789012', '--cluster', 'shop'];

/** What is told of a read that AWS refused, beside these objects of ACK. */
async function told(ack: string): Promise<string> {
  const cluster = brokenCluster('no-permission');
  cluster.apply(`${manifests}---\n${ack}`);
  const { stdout } = await cluster.doctor();
  return /^ {2}policy: .*$/m.exec(stdout)?.[0] ?? '';
}

const ROLE = await printedOf(manifests, 'ack', ...FILLED);

test('of a read that AWS refused it is told whether the policies of the manifests allow it', async () => {
  expect(await told(ROLE)).toBe(
    '  policy: role "rem-secrets-external-secrets" of the manifests allows it: AWS has another policy, or a boundary, an organization or a key denies it',
  );
  expect(await told(ROLE.replaceAll('parameter/shop/db"', 'parameter/shop/database"'))).toBe(
    '  policy: role "rem-secrets-external-secrets" of the manifests does not allow ssm:GetParameter of "/shop/db"',
  );
});

test('nothing of a role with policies that the manifests do not show', async () => {
  expect(await told('')).toBe('');
  const more = ROLE.replace(
    'policyRefs:',
    'policies: [arn:aws:iam::aws:policy/Other]\n  policyRefs:',
  );
  expect(more).not.toBe(ROLE);
  expect(await told(more)).toBe('');
});
