import type { Host, ServedProgram } from '../../ground/host.ts';
import type { ClusterRead } from '../../operate/doctor/cluster-reads.ts';
import { type Dump, dumpOf } from '../../operate/doctor/dump.ts';
import { apiLists, type Listed } from './api-lists.ts';

/** Which cluster kubectl is to speak to; by default the one that it speaks to anyway. */
export interface ClusterFlags {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
}

/** All but GET: the proxy refuses what could change anything, even if we asked for it. */
const NOT_GET = '^(|[^G].*|G|G[^E].*|GE|GE[^T].*|GET.+)$';

/** Which kinds there are, and lists of them: no object alone, no log, and nothing that runs in a pod. */
const PATHS =
  '^/api/v1(/(namespaces/[^/]+/)?[a-z]+)?$,^/apis/[^/]+(/[^/]+(/(namespaces/[^/]+/)?[a-z]+)?)?$';

/** Lists at a time: a login through a slow network waits for several at once. */
const AT_ONCE = 6;

/** What is asked of a cluster, answer after answer, until it is closed. */
export interface OpenCluster {
  readonly read: (reads: readonly ClusterRead[]) => Promise<Dump>;
  readonly close: () => void;
}

/** Opens a cluster through the proxy of kubectl, which has all ways to log in, for reading alone. */
export async function openCluster(flags: ClusterFlags, host: Host): Promise<OpenCluster> {
  const own = [
    ...(flags.context === undefined ? [] : [`--context=${flags.context}`]),
    ...(flags.kubeconfig === undefined ? [] : [`--kubeconfig=${flags.kubeconfig}`]),
  ];
  const served = await host.serve('kubectl', socket => [
    'proxy',
    `--unix-socket=${socket}`,
    `--reject-methods=${NOT_GET}`,
    `--accept-paths=${PATHS}`,
    '--append-server-path=true', // Of a server that has many clusters, each below a path.
    ...own,
  ]);
  return { read: reads => readAll(reads, served), close: served.stop };
}

async function readAll(reads: readonly ClusterRead[], served: ServedProgram): Promise<Dump> {
  let now: string | undefined;
  const get: ServedProgram['get'] = async (path, accept) => {
    const answer = await served.get(path, accept);
    now = timeOf(answer.date) ?? now;
    return answer;
  };
  const list = apiLists({ get });
  const found = new Map<ClusterRead, Listed>();
  const left = [...reads];
  const work = async (): Promise<void> => {
    for (let read = left.shift(); read !== undefined; read = left.shift())
      found.set(read, await list(read));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const all = reads.map(read => [read, found.get(read) ?? []] as const);
  return dumpOf(
    all.flatMap(([, listed]) => ('why' in listed ? [] : listed)),
    {
      whole: all.flatMap(([read, listed]) => ('why' in listed ? [] : read)),
      refused: new Map(all.flatMap(([read, listed]) => ('why' in listed ? [[read, listed]] : []))),
      now,
    },
  );
}

/** What HTTP has as `Thu, 26 Nov 2026 07:16:06 GMT`, as Kubernetes writes it. */
function timeOf(date: string | undefined): string | undefined {
  const milliseconds = Date.parse(date ?? '');
  if (Number.isNaN(milliseconds)) return undefined;
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
