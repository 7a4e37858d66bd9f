import { expectOk, type Live, list, merge, refTo } from '../cluster.ts';

/** What a status says of the generation that it is of. */
interface Status {
  readonly observedGeneration?: number;
  readonly scale?: object;
}

async function say(
  kind: { readonly apiVersion: string; readonly kind: string },
  statusOf: (live: Live, status: Status) => object | undefined,
): Promise<void> {
  for (const live of await list(kind)) {
    const status = statusOf(live, (live['status'] ?? {}) as Status);
    if (status !== undefined) await expectOk(merge(refTo(live), { status }, '/status'));
  }
}

/**
 * Of every Database, that it is there, as CloudNativePG's instance manager would: no SQL is run. Of
 * every collector, that it runs, as the OpenTelemetry operator would: there is none.
 */
export async function sayThatAllIsWell(): Promise<void> {
  await say({ apiVersion: 'postgresql.cnpg.io/v1', kind: 'Database' }, ({ metadata }, status) =>
    status.observedGeneration === metadata.generation
      ? undefined
      : { applied: true, observedGeneration: metadata.generation },
  );
  const collector = { apiVersion: 'opentelemetry.io/v1beta1', kind: 'OpenTelemetryCollector' };
  await say(collector, (_, status) =>
    status.scale === undefined ? { scale: { statusReplicas: '1/1' } } : undefined,
  );
}
