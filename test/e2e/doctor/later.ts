import { apply, expectOk, find, remove, request, until } from '../cluster.ts';
import { externalSecret, forceSync, readiness } from '../live.ts';
import { put } from '../moto.ts';
import { placeIn } from './stack.ts';

/** The ExternalSecret comes back to its immutable Secret, and another value. */
export async function madeAnew(namespace: string): Promise<void> {
  const secret = { namespace, name: 'api' };
  await until('it has made the Secret', async () =>
    (await readiness(externalSecret(secret)))?.status === 'True' ? true : undefined,
  );
  const spec = (await find(externalSecret(secret)))?.['spec'];
  await remove(externalSecret(secret));
  await until('it is gone', async () => ((await find(externalSecret(secret))) ? undefined : true));
  await put(placeIn(namespace, 'token'), 'made-up anew');
  await apply({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: secret,
    spec,
  });
  await until('it is refused', async () =>
    (await readiness(externalSecret(secret)))?.status === 'False' ? true : undefined,
  );
}

/** The value changes after the pod has started. */
export async function rotated(namespace: string): Promise<void> {
  const secret = { namespace, name: 'api' };
  await until('its pod runs', async () => {
    const { items } = await expectOk(request('GET', `/api/v1/namespaces/${namespace}/pods`));
    const pods = items as readonly { readonly status: { readonly phase: string } }[];
    return pods.some(({ status }) => status.phase === 'Running') ? true : undefined;
  });
  await put(placeIn(namespace, 'token'), `made-up-${Date.now()}`);
  // Times are told in seconds.
  await new Promise(done => setTimeout(done, 1500));
  await forceSync(secret);
}
