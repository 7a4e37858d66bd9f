import { beforeAll, describe, expect, test } from 'vitest';
import { lookAtGit, statusOf } from './argocd.ts';
import { expectOk, find, get, merge, type Ref, refTo, until } from './cluster.ts';
import {
  applyAll,
  hasController,
  isOwned,
  lookAtAll,
  madeAsWorkedOut,
  settledAt,
} from './made-applications.ts';
import { makeTenants, type Pushed, settingsIn } from './tenants.ts';

/* What is deleted below an ApplicationSet, and the ApplicationSet itself, when a person confirms it. */

const applicationSets = { namespaces: ['guarded-*'] };
const tenants = makeTenants('guarded', { applicationSets });
const names = ['guarded-0', 'guarded-1', 'guarded-2'];

async function settled(pushed: Pushed): Promise<void> {
  await madeAsWorkedOut(tenants, pushed);
  await lookAtAll(pushed);
  await settledAt(pushed);
}

/** Says in an Application that what waits there may go (docs/argocd.md#what-is-deleted-and-when). */
async function confirm(application: Ref): Promise<void> {
  const approved = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const annotations = { 'argocd.argoproj.io/deletion-approved': approved };
  await expectOk(merge(application, { metadata: { annotations } }));
}

async function waitsForConfirmation(application: Ref): Promise<void> {
  await until('it waits for a confirmation', async () => {
    const { operationState } = statusOf(await get(application));
    if (operationState?.message?.includes('confirmation')) return true;
    throw new Error(JSON.stringify(operationState));
  });
}

/** Another as soon as it is written again, or made anew. */
async function appliedObjects(): Promise<readonly unknown[]> {
  const all = await Promise.all(names.map(name => get(settingsIn(name))));
  return all.map(({ metadata }) => metadata);
}

describe.runIf(hasController)('what an ApplicationSet brought is deleted', () => {
  let applied: readonly unknown[] = [];

  beforeAll(async () => {
    for (const name of names) tenants.write(name);
    const pushed = await tenants.push();
    await applyAll(tenants.byHand());
    await settled(pushed);
    applied = await appliedObjects();
  });

  test('a database: when somebody confirms it, and not before', async () => {
    const database = { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', name: 'orders' };
    const there: Ref = { ...database, namespace: 'guarded-1' };
    const owner: Ref = { ...tenants.root, name: 'guarded-guarded-1' };
    const orders = { database: 'orders', owner: 'orders', storage: '1Gi' };
    tenants.write('guarded-1', { databases: { orders } });
    const more = await tenants.push();
    await applyAll(tenants.byHand()); // The project knows no such kind yet.
    await settled(more);
    const { uid } = (await get(there)).metadata;
    tenants.write('guarded-1');
    const less = await tenants.push();
    await madeAsWorkedOut(tenants, less);
    await lookAtAll(less);
    await waitsForConfirmation(owner);
    expect((await get(there)).metadata).toMatchObject({ uid });
    await confirm(owner);
    await until('it is gone', async () => (await find(there)) === undefined);
    await settledAt(less);
    expect(await appliedObjects()).toEqual(applied);
  });

  test('the ApplicationSet: when somebody confirms it; what its Applications applied stays', async () => {
    tenants.say({ applicationSets: false });
    const pushed = await tenants.push();
    await lookAtGit(tenants.root.name);
    await waitsForConfirmation(tenants.root);
    expect(await find(tenants.set)).toBeDefined();
    await confirm(tenants.root);
    await until('the root has made its Applications anew', async () => {
      const all = await Promise.all(pushed.made.map(object => find(refTo(object))));
      return all.every(one => one !== undefined && !isOwned(one));
    });
    expect(await find(tenants.set)).toBeUndefined();
    await settledAt(pushed);
    expect(await appliedObjects()).toEqual(applied);
  });

  test('nothing, when the environments come to an ApplicationSet again', async () => {
    tenants.say({ applicationSets });
    const pushed = await tenants.push();
    await lookAtGit(tenants.root.name);
    await settled(pushed);
    expect(await appliedObjects()).toEqual(applied);
  });
});
