import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { run } from '../machine.ts';
import { applications, lookAtGit, statusOf, summary } from './argocd.ts';
import { apply, expectOk, find, get, type Live, merge, refTo, until } from './cluster.ts';
import type { Pushed, Tenants } from './tenants.ts';

/** Only some rigs have it: without, what it would make is worked out, and applied in its place. */
export const hasController: boolean =
  run('which', ['argocd-applicationset-controller']).status === 0;

/** Waits until the ApplicationSet of the controller has made what was worked out, and nothing else. */
export async function madeAsWorkedOut(tenants: Tenants, { made }: Pushed): Promise<void> {
  await until('the ApplicationSet is there', () => find(tenants.set));
  const wanted = made.map(told).sort(byName);
  let asked = 0;
  await until('the controller makes what was worked out', async () => {
    // What is asked while it ends a round is taken away unheard.
    if (Date.now() - asked > ROUND) {
      asked = Date.now();
      await askToLook(tenants);
    }
    const owned = (await applications()).filter(one => isOwned(one, tenants.set.name));
    const found = owned.map(told).sort(byName);
    if (isDeepStrictEqual(found, wanted)) return true;
    const other = wanted.filter(one => !found.some(live => isDeepStrictEqual(live, one)));
    const [first] = other;
    const live = found.find(({ name }) => name === first?.name);
    throw new Error(
      `${found.length} are there; ${JSON.stringify(first)} is ${JSON.stringify(live)}`,
    );
  });
}

const NOTE = 'argocd.argoproj.io/application-set-refresh';
const ROUND = 3000;

/** Has the controller look at Git now, and not at the next round. */
async function askToLook({ set }: Tenants): Promise<void> {
  await expectOk(merge(set, { metadata: { annotations: { [NOTE]: 'true' } } }));
}

/** The controller has gone through the Applications once more. */
export async function lookedAgain(tenants: Tenants): Promise<void> {
  await askToLook(tenants);
  await until(
    'the controller has looked',
    async () => (await get(tenants.set)).metadata.annotations?.[NOTE] === undefined,
  );
}

/** An ApplicationSet has made it. */
export function isOwned(application: Live, by?: string): boolean {
  const { ownerReferences = [] } = application.metadata;
  return ownerReferences.some(
    ({ kind, name }) => kind === 'ApplicationSet' && (by === undefined || name === by),
  );
}

interface Told {
  readonly name: string;
  readonly labels: unknown;
  readonly annotations: unknown;
  readonly spec: unknown;
}

/** What an Application says, without what Argo CD notes on it. */
function told({ metadata, spec }: KubeObject): Told {
  const { name, labels = {}, annotations = {} } = metadata;
  const { 'argocd.argoproj.io/refresh': _, ...notes } = annotations;
  return { name, labels, annotations: notes, spec };
}

function byName(a: Told, b: Told): number {
  return a.name < b.name ? -1 : 1;
}

/** Waits until the Applications of a commit are synced to it and healthy. */
export async function settledAt({ commit, made }: Pushed): Promise<readonly Live[]> {
  return until(`${made.length} Applications are synced and healthy`, async () => {
    const all = await Promise.all(made.map(object => get(refTo(object))));
    const open = all.filter(
      one => summary(one) !== 'Synced/Healthy' || statusOf(one).sync?.revision !== commit,
    );
    if (open.length === 0) return all;
    throw new Error(open.map(one => `${one.metadata.name} ${summary(one)}`).join('; '));
  });
}

/** Has Argo CD look at the commit with all Applications that are there. */
export async function lookAtAll({ made }: Pushed): Promise<void> {
  const there = await Promise.all(made.map(object => find(refTo(object))));
  const names = there.flatMap(one => one?.metadata.name ?? []);
  await Promise.all(names.map(lookAtGit));
}

export async function applyAll(objects: readonly KubeObject[]): Promise<void> {
  // An Application is refused for as long as its project is not there.
  for (const isProject of [true, false])
    for (const object of objects)
      if ((object.kind === 'AppProject') === isProject) await apply(object);
}
