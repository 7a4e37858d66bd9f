import { expectOk, get, type Live, list, merge, type Ref, until } from './cluster.ts';

const kind: Ref = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd' };

interface Status {
  readonly sync?: { readonly status?: string; readonly revision?: string };
  readonly health?: { readonly status?: string };
  readonly operationState?: {
    readonly phase?: string;
    readonly finishedAt?: string;
    readonly message?: string;
  };
  readonly history?: readonly { readonly revision?: string; readonly deployStartedAt?: string }[];
  readonly conditions?: readonly { readonly type: string; readonly message: string }[];
  readonly resources?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly status?: string;
    readonly health?: { readonly status: string };
  }[];
}

/** What Argo CD says of an Application. */
export function statusOf(application: Live): Status {
  return (application['status'] ?? {}) as Status;
}

export function applications(): Promise<readonly Live[]> {
  return list(kind);
}

/** In a few words; what is wrong is in them too. */
export function summary(application: Live): string {
  const { sync, health, conditions = [], operationState, resources = [] } = statusOf(application);
  const bad = resources.filter(
    item => item.status !== 'Synced' || !['Healthy', undefined].includes(item.health?.status),
  );
  const state = `${sync?.status}/${health?.status}`;
  // An Application that found all in place was never synced.
  const isDone = ['Succeeded', undefined].includes(operationState?.phase);
  if (state === 'Synced/Healthy' && isDone) return state;
  return [
    state,
    operationState?.phase,
    ...conditions.map(({ message }) => message),
    ...bad.map(item => `${item.kind}/${item.name} ${item.status} ${item.health?.status}`),
  ].join(', ');
}

/** Waits until all Applications are synced to a commit, and healthy. */
export async function settled(commit: string, names: readonly string[]): Promise<void> {
  await until('every Application is synced and healthy', async () => {
    const all = await applications();
    const states = all.map(item => `${item.metadata.name} ${summary(item)}`).sort();
    const wanted = names.map(name => `${name} Synced/Healthy`).sort();
    const isAt = all.every(item => statusOf(item).sync?.revision === commit);
    if (isAt && states.join() === wanted.join()) return true;
    throw new Error(states.join('; '));
  });
}

/** Has Argo CD render and compare anew, past its caches, and waits until it has. */
export async function refresh(name: string): Promise<Live> {
  const annotations = { 'argocd.argoproj.io/refresh': 'hard' };
  await expectOk(merge({ ...kind, name }, { metadata: { annotations } }));
  return until(`${name} is refreshed`, async () => {
    const application = await get({ ...kind, name });
    const { annotations: left = {} } = application.metadata;
    return 'argocd.argoproj.io/refresh' in left ? undefined : application;
  });
}

/** Lets Argo CD look at Git now, and not at the next round. */
export async function lookAtGit(name: string): Promise<void> {
  const annotations = { 'argocd.argoproj.io/refresh': 'normal' };
  await expectOk(merge({ ...kind, name }, { metadata: { annotations } }));
}
