import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, root, run, runMain } from '../../machine.ts';
import { caseNames, FILLED, printed, rolesIn } from '../iam-cases.ts';

/** The linter of IAM policies, which knows what AWS has. */
const parliament = join(root, '.tools/parliament/bin/parliament');

/** What it says of policies, a finding a line. */
function findingsIn(documents: readonly unknown[]): string[] {
  const folder = folderOf([]);
  mkdirSync(join(folder, 'policies'));
  for (const [index, document] of documents.entries())
    writeFileSync(join(folder, 'policies', `${index}.json`), JSON.stringify(document));
  const { stdout } = run(parliament, ['--json', '--directory', join(folder, 'policies')]);
  return stdout.split('\n').filter(line => line !== '');
}

test('parliament finds what is wrong', () => {
  expect(existsSync(parliament), `${parliament} is missing; run \`make parliament\``).toBe(true);
  const wrong = { Effect: 'Allow', Action: 'ssm:GetParameterz', Resource: '*' };
  const [found] = findingsIn([{ Version: '2012-10-17', Statement: wrong }]);
  expect(found).toContain('UNKNOWN_ACTION');
});

test('parliament finds nothing in any policy', async () => {
  const all = [
    ...(await Promise.all(caseNames.map(name => printed(name, 'json', ...FILLED)))).flatMap(
      rolesIn,
    ),
    ...rolesIn((await runMain(root, ['--format', 'json', 'iam', ...FILLED])).stdout),
  ];
  const documents = all.flatMap(({ policies }) => policies.map(({ document }) => document));
  expect(documents.length).toBeGreaterThan(5);
  // AWS has this condition for keys; parliament knows that, and looks among those of actions alone.
  const known = 'Unknown condition kms:ResourceAliases for action kms:Decrypt';
  expect(findingsIn(documents).filter(line => !line.includes(known))).toEqual([]);
});
