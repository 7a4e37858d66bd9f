import type { SecretGraph } from '../../graph/secret-graph.ts';
import { daemonSet } from '../../kinds/apps/daemon-set.ts';
import { deployment } from '../../kinds/apps/deployment.ts';
import { statefulSet } from '../../kinds/apps/stateful-set.ts';
import { job } from '../../kinds/batch/job.ts';
import { CNPG } from '../../kinds/cnpg/group.ts';
import { coreEvent } from '../../kinds/core/event.ts';
import { corePod } from '../../kinds/core/pod.ts';
import { coreSecret } from '../../kinds/core/secret.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { STORES } from '../../kinds/eso/stores.ts';
import type { Kind, PlacedObject } from '../../kinds/kind.ts';
import { expectedSecrets } from './expected-secrets.ts';

/** A list of a cluster: all objects of a kind in a namespace; of the cluster's own kinds without one. */
export interface ClusterRead {
  readonly kind: Kind;
  readonly namespace: string;
}

/** What pods come from and how they are, wherever a Secret is expected. */
const IN_EACH: readonly Kind[] = [
  coreSecret,
  coreEvent,
  corePod,
  deployment,
  statefulSet,
  daemonSet,
  job,
];

/** Events of what belongs to no namespace are here. */
const DEFAULT = 'default';

/** The lists that tell how the Secrets are which the own objects of a graph make or need. */
export function clusterReads(graph: SecretGraph, own: ReadonlySet<PlacedObject>): ClusterRead[] {
  const secrets = expectedSecrets(graph, own).filter(({ namespace }) => namespace !== '');
  const homes = secrets.flatMap(({ namespace }) => IN_EACH.map(kind => ({ kind, namespace })));
  const external = secrets.flatMap(secret => secret.external.map(({ namespace }) => namespace));
  const flow = [...external].flatMap(namespace => [
    { kind: externalSecret, namespace },
    ...STORES.map(kind => ({ kind, namespace: kind.isOfCluster === true ? '' : namespace })),
  ]);
  const ends = secrets
    .flatMap(({ node, readers }) => [...(node?.makers ?? []), ...readers])
    .map(({ object }) => object);
  const cnpg = graph.objects.filter(({ group }) => group === CNPG);
  const reads = [...homes, ...flow, ...[...ends, ...cnpg].flatMap(readOf)];
  if (reads.length > 0) reads.push({ kind: coreEvent, namespace: DEFAULT });
  const named = new Map(reads.map(read => [idOf(read), read]));
  return [...named.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

/** Of what a chart brings only the pods are in the cluster; a values file is no object at all. */
function readOf({ known, namespace, written }: PlacedObject): ClusterRead[] {
  if (known === undefined || written !== undefined) return [];
  if (known.isOfCluster !== true && namespace === '') return [];
  return [{ kind: known, namespace: known.isOfCluster === true ? '' : namespace }];
}

function idOf({ kind: { group, kind }, namespace }: ClusterRead): string {
  return `${namespace} ${group} ${kind}`;
}
