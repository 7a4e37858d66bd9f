import { join } from 'node:path';
import { type Host, HostError, isSystemError, type ServedProgram } from '../core/host.ts';
import { isMap, type JsonObject, listAt, parsedJson, textAt } from '../core/json.ts';
import { oncePerText } from '../core/once.ts';
import { coreSecret, SECRET_TABLE } from '../kinds/core/secret.ts';
import { oneLine } from '../report/text.ts';
import { wrongUsage } from '../shell/flags.ts';
import {
  type ClusterRead,
  type Dump,
  type DumpDocument,
  dumpDocument,
  dumpOf,
  type Refused,
} from './dump.ts';

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

/** Which cluster kubectl is to speak to; by default the one that it speaks to anyway. */
interface ClusterFlags {
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
interface OpenCluster {
  readonly read: (reads: readonly ClusterRead[]) => Promise<Dump>;
  readonly close: () => void;
}

/** Opens a cluster through the proxy of kubectl, which has all ways to log in, for reading alone. */
async function openCluster(flags: ClusterFlags, host: Host): Promise<OpenCluster> {
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

/** What is asked. */
type Server = Pick<ServedProgram, 'get'>;

/** A list of a cluster: what it holds, or why it was not given. */
type Listed = readonly DumpDocument[] | Refused;

/** Objects of one answer; a list goes on with the next. */
const PAGE = 500;

/** Lists with more pages are not of one's own secrets. */
const MOST_PAGES = 200;

/** What the API server calls namespaces and resources: nothing that leads elsewhere in a URL. */
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

const JSON_TYPE = 'application/json';

/** Asks an API server for lists; of each group it asks once how its kinds are called. */
function apiLists(served: Server): (read: ClusterRead) => Promise<Listed> {
  const resources = oncePerText((group: string) => resourcesOf(group, served));
  return async ({ kind, namespace }) => {
    const found = await resources(kind.group);
    if ('why' in found) return found;
    const path = found.get(kind.kind);
    if (path === undefined) return [];
    const accept = kind === coreSecret ? SECRET_TABLE : JSON_TYPE;
    if (namespace === '') return pages(path.root + path.name, accept, served);
    if (!NAME.test(namespace)) return given('its name is none of a namespace');
    return pages(`${path.root}namespaces/${namespace}/${path.name}`, accept, served);
  };
}

async function pages(path: string, accept: string, served: Server): Promise<Listed> {
  const documents: DumpDocument[] = [];
  let next = '';
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const query = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
    const page = await pageAt(`${path}?limit=${PAGE}${query}`, accept, served);
    if (page === 'absent') return [];
    if ('why' in page) return page;
    documents.push(page.document);
    next = page.next;
    if (next === '') return documents;
  }
  return given(`there are more than ${PAGE * MOST_PAGES} of them`);
}

/** Objects of a list, and where it goes on; empty: it does not. */
interface Page {
  readonly document: DumpDocument;
  readonly next: string;
}

async function pageAt(
  path: string,
  accept: string,
  served: Server,
): Promise<Page | Refused | 'absent'> {
  const answer = await apiAnswer(path, accept, served);
  if (answer === 'absent' || 'why' in answer) return answer;
  // Whoever does not know the form of a Table sends the values too: they are dropped, and it is said.
  if (accept === SECRET_TABLE && answer.document['kind'] !== 'Table')
    return given('the server gives Secrets only with their values, which are not read');
  const document = dumpDocument(answer.document);
  if (document === undefined) return given('the server gave something that is no list');
  return { document, next: textAt(answer.document, 'metadata', 'continue') ?? '' };
}

/** It will be so the next time too. */
function given(why: string): Refused {
  return { why, isDenied: true };
}

/** Where the objects of a kind are, by kind. */
type Resources = ReadonlyMap<string, { readonly root: string; readonly name: string }>;

/** What a group serves, each kind in the version that is preferred of those that have it. */
async function resourcesOf(group: string, served: Server): Promise<Resources | Refused> {
  const roots = group === '' ? ['/api/v1'] : await rootsOf(group, served);
  if ('why' in roots) return roots;
  const all: Resource[] = [];
  for (const root of roots) {
    const found = await resourcesAt(root, served);
    if ('why' in found) return found;
    all.push(...found);
  }
  return new Map(all.reverse().map(({ kind, ...resource }) => [kind, resource]));
}

interface Resource {
  readonly kind: string;
  readonly root: string;
  readonly name: string;
}

async function resourcesAt(root: string, served: Server): Promise<readonly Resource[] | Refused> {
  const answer = await apiAnswer(root, JSON_TYPE, served);
  if (answer === 'absent') return [];
  if ('why' in answer) return answer;
  return listAt(answer.document, 'resources').flatMap(resource => {
    const [kind, name] = [textAt(resource, 'kind') ?? '', textAt(resource, 'name') ?? ''];
    return NAME.test(name) ? [{ kind, root: `${root}/`, name }] : [];
  });
}

/** More versions are not of one group. */
const MOST_VERSIONS = 10;

/** The paths of the versions of a group, the preferred one first. */
async function rootsOf(group: string, served: Server): Promise<readonly string[] | Refused> {
  const answer = await apiAnswer(`/apis/${group}`, JSON_TYPE, served);
  if (answer === 'absent') return [];
  if ('why' in answer) return answer;
  const all = listAt(answer.document, 'versions').map(version => textAt(version, 'version') ?? '');
  const preferred = textAt(answer.document, 'preferredVersion', 'version') ?? '';
  return [...new Set([preferred, ...all])]
    .filter(version => NAME.test(version))
    .slice(0, MOST_VERSIONS)
    .map(version => `/apis/${group}/${version}`);
}

/** A document of an API server, why it gives none, or that there is nothing at the path. */
type ApiAnswer = { readonly document: JsonObject } | Refused | 'absent';

/** Longer words are not of an API server. */
const LONGEST = 400;

/** What is at a path. Who is not logged in, or cannot reach the server, is told so by an error. */
async function apiAnswer(path: string, accept: string, { get }: Server): Promise<ApiAnswer> {
  const { status, text } = await get(path, accept);
  if (status === 404) return 'absent';
  const document = parsedJson(text);
  if (status === 200 && isMap(document)) return { document };
  const said = textAt(document, 'message') ?? text.trim().split('\n')[0] ?? '';
  const why = said === '' ? `the server answers ${status}` : oneLine(said).slice(0, LONGEST);
  // The server itself answers with objects: the proxy says in plain text that it does not reach it.
  if (status === 401 || (status >= 500 && !isMap(document)))
    throw new HostError(`the cluster cannot be read through kubectl: ${why}`);
  return status === 200
    ? { why: 'the server gave something that is no object of JSON', isDenied: false }
    : { why, isDenied: status < 500 && status !== 429 };
}
