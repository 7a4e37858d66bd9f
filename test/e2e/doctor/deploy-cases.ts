import { apply, expectOk, find, remove, request, until } from '../cluster.ts';
import { allowTargets } from '../control-plane/eso.ts';
import { madeByHand } from '../deploy.ts';
import { externalSecret, forceSync, readiness, type SecretRef } from '../live.ts';
import { type Place, put } from '../moto.ts';
import { brokenCases, manifestsOf, namespaceOf } from './broken-cases.ts';

/** Applies the stack of a case. */
export async function deployCase(name: string): Promise<void> {
  const namespace = namespaceOf(name);
  const { byHand = [], parameters = { token: 'made-up' } } = brokenCases[name] ?? {};
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await apply(allowTargets(namespace));
  await Promise.all([
    ...Object.entries(parameters).map(([key, value]) => put(placeIn(namespace, key), value)),
    ...byHand.map(made => madeByHand({ namespace, ...made })),
  ]);
  const objects = manifestsOf(name, true);
  await Promise.all(objects.map(object => apply(object)));
}

/** Where the parameters of a stack are. */
function placeIn(namespace: string, name: string): Place {
  return { service: 'ParameterStore', region: 'eu-central-1', key: `/${namespace}/${name}` };
}

/** What happens to the Secret of a stack when all is applied and well. */
export const later: Readonly<Record<string, (secret: SecretRef) => Promise<void>>> = {
  /** The ExternalSecret comes back to its immutable Secret, and another value. */
  madeAnew: async secret => {
    const ref = externalSecret(secret);
    const isReady = (status: string) => async () => (await readiness(ref))?.status === status;
    await until('it has made the Secret', isReady('True'));
    const spec = (await find(ref))?.['spec'];
    await remove(ref);
    await until('it is gone', async () => (await find(ref)) === undefined);
    await put(placeIn(secret.namespace, 'token'), 'made-up anew');
    const { apiVersion, kind } = ref;
    await apply({ apiVersion, kind, metadata: secret, spec });
    await until('it is refused', isReady('False'));
  },
  /** The value changes after the pod has started. */
  rotated: secret =>
    writtenLater(secret, () => put(placeIn(secret.namespace, 'token'), `made-up-${Date.now()}`)),
};

/** Once all pods of its namespace have started, the value is changed, and the Secret written. */
export async function writtenLater(secret: SecretRef, change: () => Promise<void>): Promise<void> {
  await until('its pods run', async () => {
    const path = `/api/v1/namespaces/${secret.namespace}/pods`;
    const { items } = await expectOk(request('GET', path));
    const pods = items as readonly { readonly status: { readonly phase: string } }[];
    const phases = pods.map(({ status }) => status.phase);
    return phases.includes('Running') && !phases.includes('Pending');
  });
  await change();
  // Times are told in seconds.
  await new Promise(done => setTimeout(done, 1500));
  await forceSync(secret);
}
