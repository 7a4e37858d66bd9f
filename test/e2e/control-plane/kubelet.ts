import { setTimeout as pause } from 'node:timers/promises';
import { apply, expectOk, type Live, list, merge, refTo, request } from '../cluster.ts';
import { instanceOf, promote, serveInstance, stopInstance } from './instance.ts';
import { sayThatAllIsWell } from './made-up-status.ts';
import { type SecretKeys, secretKeys, type Want, wantOf } from './pod-secrets.ts';

/*
 * Stands in for scheduler and kubelet, through instance.ts for CloudNativePG's instance manager, and
 * through made-up-status.ts for what else would run in pods. Nothing runs: pods are bound to a
 * made-up node; where a Secret or a key is missing they wait, as they would; those of Jobs then have
 * succeeded, all others are running and ready, at an address of the loopback.
 */

const NODE = 'e2e';

interface PodFields {
  readonly spec: { readonly nodeName?: string; readonly containers: readonly Container[] };
  readonly status?: { readonly phase?: string; readonly podIP?: string };
}

interface Container {
  readonly name: string;
  readonly image: string;
}

export type Pod = Live & PodFields;

async function makeNode(): Promise<void> {
  const labels = { 'kubernetes.io/hostname': NODE, 'kubernetes.io/arch': 'amd64' };
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE, labels } };
  await apply(node);
  const conditions = [{ type: 'Ready', status: 'True', reason: 'MadeUp', message: '' }];
  await expectOk(merge(refTo(node), { status: { conditions } }, '/status'));
}

async function bind({ metadata: { name, namespace } }: Pod): Promise<void> {
  const body = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, namespace },
    target: { apiVersion: 'v1', kind: 'Node', name: NODE },
  };
  await expectOk(request('POST', `/api/v1/namespaces/${namespace}/pods/${name}/binding`, body));
}

let addresses = 0;

/** 127.0.1.1 and on. */
function nextAddress(): string {
  addresses += 1;
  return `127.0.${1 + Math.floor(addresses / 250)}.${1 + (addresses % 250)}`;
}

function running(pod: Pod, podIP: string): object {
  const at = new Date().toISOString();
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'];
  return {
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: at,
    conditions: conditions.map(type => ({ type, status: 'True', lastTransitionTime: at })),
    containerStatuses: pod.spec.containers.map(({ name, image }) => ({
      name,
      image,
      imageID: 'made-up',
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: at } },
    })),
  };
}

async function run(pod: Pod): Promise<void> {
  const podIP = nextAddress();
  const isJob = pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Job') ?? false;
  if (instanceOf(pod) !== undefined) await serveInstance(pod, podIP);
  const status = isJob
    ? { phase: 'Succeeded', podIP, podIPs: [{ ip: podIP }] }
    : running(pod, podIP);
  await expectOk(merge(refTo(pod), { status }, '/status'));
}

const told = new Map<string, string>();

/** Says once what a pod waits for: of a container in its status, of a volume in an event. */
async function wait(pod: Pod, { reason, message }: Want): Promise<void> {
  const { uid, name, namespace } = pod.metadata;
  if (told.get(uid) === message) return;
  const isMount = reason === 'FailedMount';
  const waiting = isMount ? { reason: 'ContainerCreating' } : { reason, message };
  const containerStatuses = pod.spec.containers.map(({ name: container, image }) => ({
    name: container,
    image,
    imageID: '',
    ready: false,
    restartCount: 0,
    state: { waiting },
  }));
  await expectOk(merge(refTo(pod), { status: { containerStatuses } }, '/status'));
  const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  if (isMount)
    await expectOk(
      request('POST', `/api/v1/namespaces/${namespace}/events`, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { generateName: `${name}.`, namespace },
        involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name, uid },
        type: 'Warning',
        reason,
        message,
        count: 1,
        firstTimestamp: at,
        lastTimestamp: at,
        source: { component: 'kubelet', host: NODE },
      }),
    );
  told.set(uid, message);
}

async function end(pod: Pod): Promise<void> {
  const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
  stopInstance(pod);
  await request('DELETE', path, { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 });
}

async function tend(pod: Pod, keys: SecretKeys): Promise<void> {
  if (pod.metadata.deletionTimestamp !== undefined) return end(pod);
  if (pod.spec.nodeName === undefined) await bind(pod);
  const want = pod.status?.phase === 'Pending' ? wantOf(pod, keys) : undefined;
  if (want !== undefined) return wait(pod, want);
  if (pod.status?.phase === 'Pending') await run(pod);
  if (instanceOf(pod) !== undefined) await promote(pod);
}

await makeNode();
for (;;) {
  const pods = (await list({ apiVersion: 'v1', kind: 'Pod' })) as readonly Pod[];
  const isWaiting = pods.some(({ status }) => status?.phase === 'Pending');
  const keys = secretKeys(isWaiting ? await list({ apiVersion: 'v1', kind: 'Secret' }) : []);
  await Promise.all(
    pods.map(pod =>
      tend(pod, keys).catch(error => process.stdout.write(`${pod.metadata.name}: ${error}\n`)),
    ),
  );
  await sayThatAllIsWell().catch(error => process.stdout.write(`${error}\n`));
  await pause(500);
}
