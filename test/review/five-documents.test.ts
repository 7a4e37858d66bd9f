import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, runMain } from '../machine.ts';

/*
 * A database renamed, a target renamed, a key renamed that is in use, and a host left on the old
 * Service: a differ that knows no Secrets shows a handful of harmless names.
 */
test('five documents, four small changes, three causes, six things that are lost', async () => {
  const folder = join(root, 'test/review/five-documents');
  const sides = ['--base', 'base.yaml', '--head', 'head.yaml'];
  const { status, stdout } = await runMain(folder, ['--format', 'json', 'diff', ...sides]);
  const { blockers, risks, findings } = JSON.parse(stdout);
  expect({ status, blockers, findings }).toEqual({ status: 1, blockers: 3, findings: [] });
  const lost = (risks as Risk[]).map(({ rule, kind, name, message, related }) => [
    `${rule}: ${kind} ${name}: ${message}`,
    ...related.flatMap(({ note }) => (note.endsWith(']') ? [note] : [])),
  ]);
  expect(lost).toEqual([
    [
      'cluster-removed: Cluster app-db: the CNPG Cluster "app-db" becomes "app-pg", which starts with an empty database',
      'the Service "app-db-rw" is gone from namespace "app", and the Deployment "api" still names it: the name does not resolve [host-lost]',
      'nothing makes Secret "app-db-app" any more, and Deployment "api" and CronJob "report" read it [secret-lost]',
      'nothing makes Secret "app-db-ca" any more, and Deployment "api" reads it [secret-lost]',
    ],
    [
      'secret-key-lost: Deployment api: Secret "mail" loses the key "password", which Deployment "api" needs',
    ],
    [
      'secret-lost: Deployment api: nothing makes Secret "api-keys" any more, and Deployment "api" reads it',
    ],
  ]);
  const text = (await runMain(folder, ['diff', ...sides])).stdout;
  await expect(text).toMatchFileSnapshot(join(folder, 'review.txt'));
});

interface Risk {
  readonly rule: string;
  readonly kind: string;
  readonly name: string;
  readonly message: string;
  readonly related: readonly { readonly note: string }[];
}
