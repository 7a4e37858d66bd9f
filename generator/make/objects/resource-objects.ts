import { textAt } from '../../ground/json.ts';
import { CLUSTER_MEMBERS, clusterNameOf } from '../../kinds/cnpg/members.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { partsOf } from '../../kinds/eso/external-secret-spec.ts';
import { itemOf } from '../../kinds/item-of.ts';
import { type Item, specOf } from '../../kinds/kind.ts';
import { podReads } from '../../kinds/pod-reads.ts';
import { podOf } from '../../kinds/pods.ts';
import type { EntryObject } from './patches.ts';
import type { SecretMakers } from './secret-makers.ts';

/** An object of one's own, patched and injected, with what must be there before it. */
export function withNeeds(made: EntryObject, namespace: string, makers: SecretMakers): EntryObject {
  const item = itemOf(made.object, 0, [], namespace);
  const isHere = item.namespace === namespace || item.namespace === '';
  return { ...made, needs: isHere ? needsOf(item, namespace, makers) : [] };
}

/** The makers of the Secrets that it reads, its store, its CNPG Cluster, its pods' ServiceAccount. */
function needsOf(item: Item, namespace: string, makers: SecretMakers): string[] {
  const pod = podOf(item);
  const isWaiting = item.known?.isReadingLate !== true;
  const reads = [
    ...(isWaiting ? (item.known?.reads?.(item) ?? []) : []),
    ...(pod === undefined ? [] : podReads(pod)),
  ];
  const account = textAt(pod?.spec, item.known?.pods?.account ?? 'serviceAccountName');
  const cnpgCluster =
    item.known !== undefined && CLUSTER_MEMBERS.includes(item.known)
      ? clusterNameOf(item.object)
      : undefined;
  const own = `${item.kind}/${item.name}`;
  return [
    ...reads
      .filter(read => !read.isOptional && (read.namespace ?? namespace) === namespace)
      .flatMap(({ secret }) => makers(secret)),
    ...(item.known === externalSecret ? storesOf(item) : []),
    ...(account === undefined ? [] : [`ServiceAccount/${account}`]),
    ...(cnpgCluster === undefined ? [] : [`Cluster/${cnpgCluster}`]),
  ].filter(ref => ref !== own);
}

function storesOf(item: Item): string[] {
  const { storeRef, data, dataFrom } = partsOf(specOf(item), ['spec']);
  const all = [storeRef, ...data.map(entry => entry.storeRef), ...dataFrom.map(e => e.storeRef)];
  return all.flatMap(ref => (ref === undefined ? [] : [`${ref.kind}/${ref.name}`]));
}
