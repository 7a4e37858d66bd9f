import type { KubeObject } from '../../generator/core/kube-object.ts';
import { type Answer, apply, list, remove, send, until } from './cluster.ts';
import { allowTargets } from './control-plane/eso.ts';
import { put } from './moto.ts';
import { password, seed } from './seeds.ts';
import { type HandMade, known, type ManifestSet } from './sets.ts';

/** The namespaces of a set. */
export function namespacesOf({ objects }: ManifestSet): string[] {
  const named = objects.flatMap(({ kind, metadata }) =>
    kind === 'Namespace' ? [metadata.name] : (metadata.namespace ?? []),
  );
  return [...new Set(named)].sort();
}

/** What the API server refuses of a set in a server-side dry run: object and reason. */
export async function refusals(objects: readonly KubeObject[]): Promise<string[]> {
  const answers = await Promise.all(
    objects.map(async object => [object, await send(object, { isDryRun: true })] as const),
  );
  return answers.flatMap(([object, answer]) => refusal(object, answer));
}

function refusal({ kind, metadata }: KubeObject, { status, body }: Answer): string[] {
  return status < 300 ? [] : [`${kind}/${metadata.name}: ${body['message']}`];
}

/** Makes what the set takes for given: its namespaces, what is put in by hand, and the values in AWS. */
export async function prepare(set: ManifestSet): Promise<void> {
  const namespaces = set.objects.filter(({ kind }) => kind === 'Namespace');
  const others = namespacesOf(set).filter(
    name => !namespaces.some(({ metadata }) => metadata.name === name),
  );
  await Promise.all(namespaces.map(object => apply(object)));
  await Promise.all(
    others.map(name => apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  );
  const targets = new Set(set.graph.externalSecrets.map(({ namespace }) => namespace));
  await Promise.all([...targets].map(name => apply(allowTargets(name))));
  const { objects = [], values = [] } = known.given[set.name] ?? {};
  await Promise.all(objects.map(object => apply(object)));
  await Promise.all(set.byHand.map(madeByHand));
  await Promise.all(values.map(({ tags, ...place }) => put(place, password(), tags)));
  await seed(set.graph, 'shop');
}

export async function madeByHand({ namespace, name, keys }: HandMade): Promise<void> {
  const stringData = Object.fromEntries(keys.map(key => [key, password()]));
  await apply({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, stringData });
}

/** Applies all objects of a set, each once. */
export async function applySet({ objects }: ManifestSet): Promise<void> {
  const rest = objects.filter(({ kind }) => kind !== 'Namespace');
  await Promise.all(rest.map(object => apply(object)));
}

/** Deletes namespaces and stores; waits until the namespaces are gone. */
export async function removeSets(sets: readonly ManifestSet[]): Promise<void> {
  const stores = sets.flatMap(({ objects }) =>
    objects.filter(({ kind }) => kind === 'ClusterSecretStore'),
  );
  const namespaces = [...new Set(sets.flatMap(namespacesOf))];
  const apiVersion = 'v1';
  await Promise.all(
    stores.map(({ kind, metadata, apiVersion: version }) =>
      remove({ apiVersion: version, kind, name: metadata.name }),
    ),
  );
  await Promise.all(namespaces.map(name => remove({ apiVersion, kind: 'Namespace', name })));
  await until('namespaces are gone', async () => {
    const left = await list({ apiVersion, kind: 'Namespace' });
    const wanted = left.filter(({ metadata }) => namespaces.includes(metadata.name));
    return wanted.length === 0;
  });
}
