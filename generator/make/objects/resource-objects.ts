import { textAt } from '../../ground/json.ts';
import { CLUSTER_MEMBERS, cnpgClusterNameOf } from '../../kinds/cnpg/members.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { partsOf } from '../../kinds/eso/external-secret-spec.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import { podReads } from '../../kinds/pod-reads.ts';
import { podOf } from '../../kinds/pods.ts';
import type { EntryObject } from './patches.ts';
import type { SecretMakers } from './secret-makers.ts';

/** An object of one's own, patched and injected, with what must be there before it. */
export function withNeeds(made: EntryObject, namespace: string, makers: SecretMakers): EntryObject {
  const object = placedObject(made.object, 0, [], namespace);
  const isHere = object.namespace === namespace || object.namespace === '';
  return { ...made, needs: isHere ? needsOf(object, namespace, makers) : [] };
}

/** The makers of the Secrets that it reads, its store, its CNPG Cluster, its pods' ServiceAccount. */
function needsOf(object: PlacedObject, namespace: string, makers: SecretMakers): string[] {
  const pod = podOf(object);
  const isWaiting = object.known?.isReadingLate !== true;
  const reads = [
    ...(isWaiting ? (object.known?.reads?.(object) ?? []) : []),
    ...(pod === undefined ? [] : podReads(pod)),
  ];
  const account = textAt(pod?.spec, object.known?.pods?.account ?? 'serviceAccountName');
  const cnpgCluster =
    object.known !== undefined && CLUSTER_MEMBERS.includes(object.known)
      ? cnpgClusterNameOf(object.json)
      : undefined;
  const own = `${object.kind}/${object.name}`;
  return [
    ...reads
      .filter(read => !read.isOptional && (read.namespace ?? namespace) === namespace)
      .flatMap(({ secret }) => makers(secret)),
    ...(object.known === externalSecret ? storesOf(object) : []),
    ...(account === undefined ? [] : [`ServiceAccount/${account}`]),
    ...(cnpgCluster === undefined ? [] : [`Cluster/${cnpgCluster}`]),
  ].filter(ref => ref !== own);
}

function storesOf(object: PlacedObject): string[] {
  const { storeRef, data, dataFrom } = partsOf(specOf(object), ['spec']);
  const all = [storeRef, ...data.map(entry => entry.storeRef), ...dataFrom.map(e => e.storeRef)];
  return all.flatMap(ref => (ref === undefined ? [] : [`${ref.kind}/${ref.name}`]));
}
