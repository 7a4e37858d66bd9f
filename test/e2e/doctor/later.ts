import { apply, expectOk, find, remove, request, until } from '../cluster.ts';
import { externalSecret, forceSync, readiness, type SecretRef } from '../live.ts';
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
export function rotated(namespace: string): Promise<void> {
  const secret = { namespace, name: 'api' };
  return writtenLater(secret, () => put(placeIn(namespace, 'token'), `made-up-${Date.now()}`));
}

/** Once all pods of its namespace have started, the value is changed, and the Secret written. */
export async function writtenLater(secret: SecretRef, change: () => Promise<void>): Promise<void> {
  await until('its pods run', async () => {
    const path = `/api/v1/namespaces/${secret.namespace}/pods`;
    const { items } = await expectOk(request('GET', path));
    const phases = (items as readonly { readonly status: { readonly phase: string } }[]).map(
      ({ status }) => status.phase,
    );
    return phases.includes('Running') && !phases.includes('Pending') ? true : undefined;
  });
  await change();
  // Times are told in seconds.
  await new Promise(done => setTimeout(done, 1500));
  await forceSync(secret);
}
