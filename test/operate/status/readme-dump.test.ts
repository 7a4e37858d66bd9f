import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectedSecrets } from '../../../generator/doctor/dump.ts';
import { buildGraph } from '../../../generator/graph/graph.ts';
import { placedObject } from '../../../generator/kinds/kinds.ts';
import { kustomizeBuild, root } from '../../machine.ts';
import type { Dumped } from '../doctor/broken-clusters.ts';

const [WRITTEN, REFRESHED, NOW] = [
  '2026-11-20T09:00:00Z',
  '2026-11-20T11:58:00Z',
  '2026-11-20T12:00:00Z',
];

/** What a cluster says of an object that is well. */
function statusOf({ kind }: Dumped): object | undefined {
  if (/^(?:Cluster)?SecretStore$|^(?:External|Push)Secret$/.test(kind))
    return { refreshTime: REFRESHED, conditions: [{ type: 'Ready', status: 'True' }] };
  if (kind === 'Cluster') return { phase: 'Cluster in healthy state' };
  return kind === 'Database' ? { applied: true } : undefined;
}

/** The pod of a workload; a collector's containers are its operator's. */
function podsOf({ kind, metadata, spec }: Dumped): Dumped[] {
  if (kind !== 'Deployment' && kind !== 'OpenTelemetryCollector') return [];
  const containers = spec.template?.spec.containers ?? [{ name: 'otc-container' }];
  return [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${metadata.name}-1`,
        namespace: metadata.namespace,
        ownerReferences: [{ kind, name: metadata.name }],
      },
      status: {
        phase: 'Running',
        containerStatuses: containers.map(({ name }: Dumped) => ({
          name,
          state: { running: { startedAt: NOW } },
        })),
      },
    },
  ];
}

/** The Secrets that the objects make or read, with the names of their keys. */
function secretsOf(objects: readonly Dumped[]): Dumped[] {
  const placed = objects.map(object => placedObject(object, 0, [], ''));
  return expectedSecrets(buildGraph(placed), new Set(placed)).map(
    ({ namespace, name, node, readers }) => {
      const read = readers.flatMap(({ key, needs = [] }) => [
        ...needs,
        ...(key === undefined ? [] : [key]),
      ]);
      const keys = [...new Set([...(node?.keys ?? []), ...read])].sort();
      const managed = Object.fromEntries(keys.map(key => [`f:${key}`, {}]));
      const managedFields = [{ time: WRITTEN, fieldsV1: { 'f:data': managed } }];
      return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, managedFields } };
    },
  );
}

test('the dump of the README is of dev as it is now', async () => {
  const objects: readonly Dumped[] = ['dev', 'shared'].flatMap(name =>
    kustomizeBuild(join(root, 'overlays', name)),
  );
  const flow = objects.filter(
    ({ kind }) => !/^(?:ConfigMap|Namespace|Role.*|Service.*|NetworkPolicy)$/.test(kind),
  );
  const live = flow.map(object => ({ ...object, status: statusOf(object) }));
  const items = [...live, ...live.flatMap(podsOf), ...secretsOf(objects)];
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 2);
  await expect(`${text}\n`).toMatchFileSnapshot(join(root, 'test/operate/status/dump/dev.json'));
});
