import { beforeAll, expect, test } from 'vitest';
import { recordAsPredicted } from './as-predicted.ts';
import { remove } from './cluster.ts';
import { applySet, prepare, refusals, removeSets } from './deploy.ts';
import { ranByHand, runbookCommands } from './runbook.ts';
import { cluster } from './sets.ts';

/* prod has a cluster of its own in the spec. Here it follows the shared one, in the same place. */

const prod = cluster('rem-prod');

beforeAll(async () => {
  await removeSets([cluster('rem-shared')]);
  await prepare(prod);
});

test('prod: a server-side dry run accepts every object, and so does the API server', async () => {
  expect(await refusals(prod.objects)).toEqual([]);
  await applySet(prod);
});

test('prod: Secrets and Services are those that were predicted', async () => {
  await recordAsPredicted(prod);
});

test('prod: the commands of its runbook run, in the order of the page', async () => {
  const commands = runbookCommands('prod');
  expect(commands.length).toBeGreaterThan(20);
  // The page begins with a cluster in which nobody has made them yet.
  for (const { namespace, name } of prod.byHand)
    await remove({ apiVersion: 'v1', kind: 'Secret', namespace, name });
  for (const command of commands)
    expect(await ranByHand(command)).toMatchObject({ command, status: 0 });
});

test('prod: it can be taken away again', async () => {
  await removeSets([prod]);
});
