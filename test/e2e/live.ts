import { expectOk, get, merge, type Ref, request, until } from './cluster.ts';

/** A Secret by namespace and name. */
export interface SecretRef {
  readonly namespace: string;
  readonly name: string;
}

function refOf({ namespace, name }: SecretRef): Parameters<typeof get>[0] {
  return { apiVersion: 'v1', kind: 'Secret', namespace, name };
}

/** The decoded values of a live Secret. They are compared and never shown. */
export async function valuesOf(secret: SecretRef): Promise<Readonly<Record<string, string>>> {
  const { data = {} } = await get(refOf(secret));
  const entries = Object.entries(data as Readonly<Record<string, string>>);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

/** Changes values of a live Secret, as an administrator would by hand. */
export async function setValues(
  secret: SecretRef,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  await expectOk(merge(refOf(secret), { data }));
}

let forced = 0;

export function externalSecret({ namespace, name }: SecretRef): Ref & { readonly name: string } {
  return { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', namespace, name };
}

/** What the runbook says: an annotation with a new value makes ESO look at once. */
export async function forceSync(secret: SecretRef): Promise<void> {
  forced += 1;
  const annotations = { 'force-sync': `${Date.now()}-${forced}` };
  await expectOk(merge(externalSecret(secret), { metadata: { annotations } }));
}

export async function setRefresh(secret: SecretRef, refreshInterval: string): Promise<void> {
  await expectOk(merge(externalSecret(secret), { spec: { refreshInterval } }));
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** What ESO says of an ExternalSecret or a store: undefined until it has looked. */
export async function readiness(ref: Parameters<typeof get>[0]): Promise<Condition | undefined> {
  const { conditions = [] } = ((await get(ref))['status'] ?? {}) as {
    readonly conditions?: readonly Condition[];
  };
  return conditions.find(({ type }) => type === 'Ready');
}

/** The words of the events about an object: ESO puts its reasons there, before or after it sets the condition. */
async function eventsOf(namespace: string, name: string): Promise<readonly string[]> {
  const query = `fieldSelector=${encodeURIComponent(`involvedObject.name=${name}`)}`;
  const path = `/api/v1/namespaces/${namespace}/events?${query}`;
  const { items } = await expectOk(request('GET', path));
  return (items as readonly { readonly message: string }[]).map(({ message }) => message);
}

/** Waits until an object is not ready, and an event about it has these words; the event. */
export async function complaint(
  ref: Ref & { readonly name: string },
  words: string | RegExp,
): Promise<string> {
  const isMeant = (event: string): boolean =>
    typeof words === 'string' ? event.includes(words) : words.test(event);
  return until(`${ref.kind}/${ref.name} says "${words}"`, async () => {
    const ready = await readiness(ref);
    const events = await eventsOf(ref.namespace ?? 'default', ref.name);
    return ready?.status === 'True' ? undefined : [...events].sort().find(isMeant);
  });
}
