import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { expectOk, get, type Live, merge } from '../cluster.ts';
import type { Pod } from './kubelet.ts';

/*
 * Stands in for CloudNativePG's instance manager, without a PostgreSQL: it says of each instance
 * that it is fine, and becomes the primary when the operator wants it to.
 */

/** What the operator compares with its own: an instance of another program would be replaced. */
const program = join(process.env['REM_E2E_RUN'] ?? '', 'cnpg/operator/manager_amd64');
const hash = createHash('sha256').update(readFileSync(program)).digest('hex');

const servers = new Map<string, Server>();

/** The name of the CNPG cluster that a pod is an instance of. */
export function instanceOf({ metadata: { labels = {} } }: Pod): string | undefined {
  return labels['cnpg.io/podRole'] === 'instance' ? labels['cnpg.io/cluster'] : undefined;
}

function clusterOf(pod: Pod): Promise<Live> {
  const { namespace } = pod.metadata;
  const apiVersion = 'postgresql.cnpg.io/v1';
  return get({ apiVersion, kind: 'Cluster', namespace, name: instanceOf(pod) ?? '' });
}

interface Primary {
  readonly currentPrimary?: string;
  readonly targetPrimary?: string;
}

async function primaryOf(pod: Pod): Promise<Primary> {
  return ((await clusterOf(pod))['status'] ?? {}) as Primary;
}

/** What an instance answers to `/pg/status`. */
async function statusOf(pod: Pod): Promise<object> {
  const isPrimary = (await primaryOf(pod)).currentPrimary === pod.metadata.name;
  return {
    systemID: '7000000000000000000',
    timeLineID: 1,
    isPrimary,
    isWalReceiverActive: !isPrimary,
    isPodReady: true,
    currentLsn: '0/1',
    receivedLsn: '0/1',
    replayLsn: '0/1',
    node: pod.spec.nodeName ?? '',
    pod,
    sessionID: pod.metadata.uid,
    executableHash: hash,
    instanceManagerVersion: '1.30.0',
    instanceArch: 'amd64',
  };
}

/** Answers the operator, with the certificate that it made for the instances. */
export async function serveInstance(pod: Pod, address: string): Promise<void> {
  if (servers.has(pod.metadata.uid)) return;
  const { namespace } = pod.metadata;
  const name = `${instanceOf(pod)}-server`;
  const { data } = await get({ apiVersion: 'v1', kind: 'Secret', namespace, name });
  const { 'tls.crt': cert = '', 'tls.key': key = '' } = data as Readonly<Record<string, string>>;
  const decoded = { cert: Buffer.from(cert, 'base64'), key: Buffer.from(key, 'base64') };
  const server = createServer(decoded, async (asked, answer) => {
    const body = asked.url?.startsWith('/pg/status') ? await statusOf(pod).catch(String) : {};
    answer.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  server.listen(8000, address);
  servers.set(pod.metadata.uid, server);
}

export function stopInstance(pod: Pod): void {
  servers.get(pod.metadata.uid)?.close();
  servers.delete(pod.metadata.uid);
}

/** The instance that is to be the primary says that it is. */
export async function promote(pod: Pod): Promise<void> {
  const { currentPrimary, targetPrimary } = await primaryOf(pod);
  const { name, namespace } = pod.metadata;
  if (targetPrimary !== name || currentPrimary === name) return;
  const status = { currentPrimary: name, currentPrimaryTimestamp: new Date().toISOString() };
  const apiVersion = 'postgresql.cnpg.io/v1';
  const cluster = { apiVersion, kind: 'Cluster', namespace, name: instanceOf(pod) ?? '' };
  await expectOk(merge(cluster, { status }, '/status'));
}
