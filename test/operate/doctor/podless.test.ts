import { expect, test } from 'vitest';
import { brokenCluster } from './broken-clusters.ts';
import type { Dumped } from './dumps.ts';
import { expectSaid } from './dumps.ts';
import { FakeCluster, WATCHED } from './fake-cluster.ts';

const ENV = 'env: [{ name: KEY, valueFrom: { secretKeyRef: { name: api-keys, key: stripe } } }]';

const DAEMON_SET = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: shop }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, image: 'shop/agent:1', ${ENV} }] }
`;

const COLLECTOR = `
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: traces, namespace: shop }
spec: { config: {}, ${ENV} }
`;

/** What is told of a workload without pods in a cluster in which all else is well, and watched until then. */
function watched(manifests: string, live: Dumped): ReturnType<FakeCluster['run']> {
  const cluster = brokenCluster();
  cluster.add('workloads.json', live);
  return new FakeCluster(cluster).run(WATCHED, manifests);
}

function daemonSet(status: object): Dumped {
  const metadata = { name: 'agent', namespace: 'shop', generation: 2 };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: {}, status };
}

function collector(creationTimestamp: string): Dumped {
  const metadata = { name: 'traces', namespace: 'shop', creationTimestamp };
  const apiVersion = 'opentelemetry.io/v1beta1';
  return { apiVersion, kind: 'OpenTelemetryCollector', metadata, spec: {} };
}

test.for<[said: string, manifests: string, live: Dumped]>([
  [
    'DaemonSet "agent" has no pod: no node is one that it takes',
    DAEMON_SET,
    daemonSet({ desiredNumberScheduled: 0, observedGeneration: 2 }),
  ],
  [
    'OpenTelemetryCollector "traces" has no pod, 3h after it was made: no operator made one',
    COLLECTOR,
    collector('2026-11-20T09:00:00Z'),
  ],
])('it is not waited for: %s', async ([said, manifests, live]) => {
  const { status, stdout, stderr } = await watched(manifests, live);
  expect(stdout).toContain(`unknown, because ${said} [pods]`);
  expect(stderr).toBe('rem-secrets: Secrets: 0 well, 0 broken, 1 not known\n');
  expect(status).toBe(0);
});

test.for<[what: string, manifests: string, live: Dumped]>([
  [
    'a DaemonSet whose controller has not seen its last change',
    DAEMON_SET,
    daemonSet({ desiredNumberScheduled: 0, observedGeneration: 1 }),
  ],
  [
    'a DaemonSet that wants pods',
    DAEMON_SET,
    daemonSet({ desiredNumberScheduled: 1, observedGeneration: 2 }),
  ],
  ['a collector that is new', COLLECTOR, collector('2026-11-20T11:55:00Z')],
])('it is waited for: %s', async ([, manifests, live]) => {
  await expectSaid(watched(manifests, live), /has no pod \[pods\]/, 1);
});
