import { groupBy } from '../ground/group-by.ts';
import { calledOf, type PlacedObject } from '../kinds/kind.ts';
import { findSecret, type SecretGraph, secretId } from './secret-graph.ts';

/** What one cluster has, and what applies a file there. */
export interface OtherCluster {
  readonly graph: SecretGraph;
  readonly deployerOf: (file: number) => PlacedObject | undefined;
}

/**
 * Finds what makes a Secret on another cluster, where nothing reads it: it may be meant for this one.
 * What is made and read there is of no help here.
 */
export function madeElsewhere(
  clusters: readonly OtherCluster[],
): (namespace: string, secret: string) => string | undefined {
  const all = clusters.map(cluster => ({
    ...cluster,
    read: groupBy(cluster.graph.readers, read => secretId(read.namespace, read.secret)),
  }));
  return (namespace, secret) => {
    for (const { graph, deployerOf, read } of all) {
      const [maker] = findSecret(graph, namespace, secret)?.makers ?? [];
      if (maker === undefined || read.has(secretId(namespace, secret))) continue;
      const by = deployerOf(maker.object.file);
      const what = `${calledOf(maker.object)} "${maker.object.name}" on another cluster`;
      return by === undefined ? what : `${what} (${calledOf(by)} "${by.name}" applies it)`;
    }
    return undefined;
  };
}
