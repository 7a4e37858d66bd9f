import { join } from 'node:path';
import type { Host } from '../../ground/host.ts';
import { HostError, isSystemError } from '../../ground/host-error.ts';
import { parsedJson } from '../../ground/json.ts';
import type { ClusterRead } from '../../operate/doctor/cluster-reads.ts';
import { type Dump, dumpOf } from '../../operate/doctor/dump.ts';
import { type DumpDocument, dumpDocument } from '../../operate/doctor/dump-documents.ts';
import { oneLine } from '../../report/one-line.ts';
import { wrongUsage } from '../usage.ts';
import { type ClusterFlags, openCluster } from './read-cluster.ts';

/** Where it is told how a cluster is. */
export interface LookFlags extends ClusterFlags {
  /** The folder with what kubectl wrote; absent: kubectl is asked. */
  readonly from?: string | undefined;
}

/** The dump in a folder that is named. */
export function dumpFrom(flags: LookFlags, host: Host): Dump | undefined {
  const { from, context, kubeconfig } = flags;
  if (from === undefined) return undefined;
  if (context !== undefined || kubeconfig !== undefined)
    wrongUsage('a dump has no context and no kubeconfig');
  return readDump(from, host);
}

/** Hands on what looks at the cluster, as often as it is asked to; afterwards the cluster is closed. */
export async function withCluster<T>(
  flags: LookFlags,
  reads: readonly ClusterRead[],
  host: Host,
  use: (look: () => Promise<Dump>) => Promise<T>,
): Promise<T> {
  const cluster = await openCluster(flags, host);
  try {
    return await use(() => cluster.read(reads));
  } finally {
    cluster.close();
  }
}

/** In seconds, between two looks. */
const PAUSE = 5;

/** Looks again until nothing is waited for, or for so many seconds; says how far it is when that changes. */
export async function lookUntil<T>(
  look: () => Promise<T>,
  {
    isDone,
    summary,
  }: { readonly isDone: (seen: T) => boolean; readonly summary: (seen: T) => string },
  seconds: number,
  host: Host,
): Promise<T> {
  const end = host.now() + seconds * 1000;
  for (let said = ''; ; ) {
    const seen = await looked(look, end, host);
    const left = end - host.now();
    if (isDone(seen) || left <= 0) return seen;
    if (summary(seen) !== said) host.stderr(summary(seen));
    said = summary(seen);
    await host.wait(Math.min(PAUSE * 1000, left));
  }
}

/** A cluster that does not answer may do so again, such as one that is being upgraded. */
async function looked<T>(look: () => Promise<T>, end: number, host: Host): Promise<T> {
  for (;;) {
    try {
      return await look();
    } catch (error) {
      const left = end - host.now();
      if (!(error instanceof HostError) || left <= 0) throw error;
      host.stderr(`rem-secrets: ${error.message}\n`);
      await host.wait(Math.min(PAUSE * 1000, left));
    }
  }
}

/** All pods of a large cluster are smaller. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Reads what `kubectl get -o json` wrote into a folder, and says what of it is none. */
function readDump(folder: string, host: Host): Dump {
  if (host.kindOf(folder) !== 'folder') wrongUsage(`there is no folder ${folder}`);
  const files = host.listFiles(folder).sort();
  const documents = files.flatMap(file => {
    const document = documentOf(join(folder, file), host);
    if (typeof document !== 'string') return document;
    host.stderr(`rem-secrets: ${oneLine(file)} is left out: ${document}\n`);
    return [];
  });
  if (documents.length === 0) wrongUsage(`there is no dump of kubectl in ${folder}`);
  return dumpOf(documents);
}

/** What a file holds, or why it counts for nothing; its text goes no further. */
function documentOf(file: string, host: Host): DumpDocument | string {
  if (host.sizeOf(file) > MOST_BYTES) return 'it is larger than 512 MiB';
  try {
    const parsed = parsedJson(new TextDecoder().decode(host.readFile(file)));
    if (parsed === undefined) return 'it is no JSON';
    return dumpDocument(parsed) ?? 'it has no Kubernetes object';
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return 'it cannot be read';
  }
}
