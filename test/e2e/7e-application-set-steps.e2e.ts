import { beforeAll, describe, expect, test } from 'vitest';
import { applications, statusOf, summary } from './argocd.ts';
import { apply, expectOk, find, get, merge, type Ref, until } from './cluster.ts';
import { madeByHand } from './deploy.ts';
import {
  applyAll,
  hasController,
  isOwned,
  lookAtAll,
  lookedAgain,
  madeAsWorkedOut,
  settledAt,
} from './made-applications.ts';
import { makeTenants, type Pushed, settingsIn } from './tenants.ts';

/* Progressive syncs: each step when all before it are healthy, and in the last one at a time. */

const steps = [
  { name: 'canary', environments: ['canary'] },
  { name: 'early', environments: ['early-*'] },
  { name: 'late', maxUpdate: 1 },
];
const inSteps = [['canary'], ['early-0', 'early-1'], ['late-0', 'late-1']];
const [canary = '', ...others] = inSteps.flat();
/** Its pod waits for a Secret that people make. */
const more = {
  secrets: { gate: { manual: ['token'] } },
  workloads: { app: { image: 'example/app:1', envFrom: [{ secret: 'gate' }] } },
};
const applicationSets = { namespaces: ['stepped-*'], steps };
const tenants = makeTenants('stepped', { applicationSets, more });

function namespaceOf(name: string): string {
  return `stepped-${name}`;
}

function applicationOf(name: string): Ref & { readonly name: string } {
  return { ...tenants.root, name: `stepped-${name}` };
}

async function openGate(name: string): Promise<void> {
  const namespace = namespaceOf(name);
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await madeByHand({ namespace, name: 'gate', keys: ['token'] });
}

interface Turn {
  readonly begin: string;
  readonly healthy: string;
}

/** What the controller of ApplicationSets notes of an Application. */
interface Noted {
  readonly application: string;
  readonly status: string;
  readonly lastTransitionTime: string;
  readonly targetRevisions: readonly string[];
}

/** Since when the controller holds an Application for healthy, at a commit. */
async function healthySince(application: string, commit: string): Promise<string> {
  return until(`${application} is noted as healthy`, async () => {
    const { applicationStatus = [] } = ((await get(tenants.set))['status'] ?? {}) as {
      readonly applicationStatus?: readonly Noted[];
    };
    const noted = applicationStatus.find(one => one.application === application);
    const isThere = noted?.status === 'Healthy' && noted.targetRevisions.includes(commit);
    return isThere ? noted.lastTransitionTime : undefined;
  });
}

/**
 * When an Application was first synced to a commit. The controller may start a second sync of the
 * same, where it has not seen yet that the first has ended: that is in no turn.
 */
async function turnOf(name: string, commit: string): Promise<Turn> {
  const application = applicationOf(name);
  const healthy = await healthySince(application.name, commit);
  const { history = [] } = statusOf(await get(application));
  const first = history.find(({ revision }) => revision === commit);
  return { begin: first?.deployStartedAt ?? '', healthy };
}

/** Each step began when all of the one before were healthy; in the last, each Application. */
async function expectInSteps(commit: string): Promise<void> {
  const turns = await Promise.all(
    inSteps.map(step => Promise.all(step.map(name => turnOf(name, commit)))),
  );
  const [late = []] = turns.splice(-1);
  const one = late.toSorted((a, b) => (a.begin < b.begin ? -1 : 1)).map(turn => [turn]);
  let last = '0';
  for (const step of [...turns, ...one]) {
    for (const { begin } of step) expect(begin >= last, `${begin}, not before ${last}`).toBe(true);
    last =
      step
        .map(({ healthy }) => healthy)
        .sort()
        .at(-1) ?? '';
  }
}

describe.runIf(hasController)('steps', () => {
  let pushed: Pushed;

  beforeAll(async () => {
    for (const name of [canary, ...others]) tenants.write(name, { namespace: namespaceOf(name) });
    await Promise.all(others.map(openGate));
    pushed = await tenants.push();
    await applyAll(tenants.byHand());
    await madeAsWorkedOut(tenants, pushed);
  });

  test('while the first is not healthy, no other is synced', async () => {
    await until('the pods of the first wait', async () => {
      const state = summary(await get(applicationOf(canary)));
      if (state.startsWith('Synced/Progressing')) return true;
      throw new Error(state);
    });
    await lookedAgain(tenants);
    const all = (await applications()).filter(one => isOwned(one, tenants.set.name));
    const synced = all.filter(one => statusOf(one).operationState !== undefined);
    expect(synced.map(({ metadata }) => metadata.name)).toEqual([applicationOf(canary).name]);
    for (const name of others) expect(await find(settingsIn(namespaceOf(name)))).toBeUndefined();
  });

  test('then each is synced in its turn', async () => {
    await openGate(canary);
    await settledAt(pushed);
    await expectInSteps(pushed.commit);
  });

  test('what people change by hand stays until the next commit, which goes through the steps again', async () => {
    const [late = ''] = inSteps.at(-1) ?? [];
    const changed = settingsIn(namespaceOf(late));
    await expectOk(merge(changed, { data: { size: 'changed' } }));
    await until(
      'Argo CD sees it',
      async () => statusOf(await get(applicationOf(late))).sync?.status === 'OutOfSync',
    );
    await lookedAgain(tenants);
    expect(await get(changed)).toMatchObject({ data: { size: 'changed' } });
    tenants.say({ size: 'm' });
    const next = await tenants.push();
    await madeAsWorkedOut(tenants, next);
    await lookAtAll(next);
    await settledAt(next);
    expect(await get(changed)).toMatchObject({ data: { size: 'm' } });
    await expectInSteps(next.commit);
  });
});
