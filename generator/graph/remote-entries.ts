import type { Path } from '../ground/finding.ts';
import { mapAt, textAt, valueAt } from '../ground/json.ts';
import { awsStore } from '../kinds/eso/aws-provider.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import { pushedNames } from '../kinds/eso/push-secret.ts';
import { PUSH_SECRETS } from '../kinds/eso/specs.ts';
import type { StoreRef } from '../kinds/eso/stores.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { awsName } from './aws-stores.ts';
import { eachSpec, type SecretGraph } from './secret-graph.ts';
import { storeOf } from './stores.ts';

/** A reference to an entry of a store: to one of its properties, to all of them, or to it as it is. */
export interface RemoteEntry {
  readonly object: PlacedObject;
  /** Of the reference, which has `key` and perhaps `property`. */
  readonly path: Path;
  /** `ClusterSecretStore/name`, or `SecretStore/namespace/name`. */
  readonly store: string;
  /** As it is written, and as the provider has it. */
  readonly key: string;
  readonly name: string;
  readonly property: string | undefined;
  /** It takes the properties apart, or reads tags in their place. */
  readonly way: 'value' | 'extract' | 'tags';
}

/** All that ExternalSecrets ask stores for by name, once where it is written. */
export function remoteEntries(graph: SecretGraph): RemoteEntry[] {
  return eachSpec(graph.externalSecrets).flatMap(secret => [
    ...secret.data.flatMap(entry => entryAt(graph, secret, entry, 'remoteRef')),
    ...secret.dataFrom.flatMap(entry => entryAt(graph, secret, entry, 'extract')),
  ]);
}

function entryAt(
  graph: SecretGraph,
  { object, namespace }: ExternalSecret,
  { path: above, storeRef }: { readonly path: Path; readonly storeRef: StoreRef | undefined },
  field: 'remoteRef' | 'extract',
): RemoteEntry[] {
  const path = [...above, field];
  const ref = valueAt(object.json, path);
  const key = textAt(ref, 'key');
  if (key === undefined || key === '' || storeRef === undefined) return [];
  const found = storeOf(graph.find, storeRef, namespace);
  const aws = found && awsStore(found);
  const isOfTags = textAt(ref, 'metadataPolicy') === 'Fetch';
  const { kind, name } = storeRef;
  return [
    {
      object,
      path,
      store: kind === 'SecretStore' ? `${kind}/${namespace}/${name}` : `${kind}/${name}`,
      key,
      name: aws === undefined ? key : awsName(aws, key),
      property: textAt(ref, 'property'),
      way: isOfTags ? 'tags' : field === 'extract' ? 'extract' : 'value',
    },
  ];
}

/** The keys that PushSecrets write, to whatever store. */
export function pushedKeys({ byKind }: SecretGraph): Set<string> {
  const specs = [...PUSH_SECRETS].flatMap(([kind, path]) =>
    byKind(kind).map(({ json }) => mapAt(json, ...path.map(String))),
  );
  return new Set(specs.flatMap(pushedNames));
}
