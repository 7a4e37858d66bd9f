import { join } from 'node:path';
import { type Host, HostError, isSystemError, type ServedProgram } from '../core/host.ts';
import { isMap, type JsonObject, listAt, parsedJson, textAt } from '../core/json.ts';
import { oncePerText } from '../core/once.ts';
import { coreSecret, SECRET_TABLE } from '../kinds/core/secret.ts';
import { oneLine } from '../report/text.ts';
import { wrongUsage } from '../shell/flags.ts';
import type { ClusterRead, Dump, DumpDocument, Refused } from './dump.ts';
import { dumpDocument, dumpOf } from './dump.ts';

/** Where the state of a cluster is read from; by default the current context of kubectl. */
export interface LookFlags {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  /** The folder with what kubectl wrote; absent: kubectl is asked. */
  readonly from?: string | undefined;
}

/** The dump in the folder of `--from`; undefined without that flag. */
export function dumpFrom(flags: LookFlags, host: Host): Dump | undefined {
  const { from: folder, context, kubeconfig } = flags;
  if (folder === undefined) return undefined;
  if (context !== undefined || kubeconfig !== undefined)
    wrongUsage('a dump has no context and no kubeconfig');
  if (host.kindOf(folder) !== 'folder') wrongUsage(`there is no folder ${folder}`);
  const files = host.listFiles(folder).sort();
  const documents = files.flatMap(file => {
    const document = documentOf(join(folder, file), host);
    if (typeof document === 'string')
      host.stderr(`rem-secrets: ${oneLine(file)} is left out: ${document}\n`);
    return typeof document === 'string' ? [] : document;
  });
  if (documents.length === 0) wrongUsage(`there is no dump of kubectl in ${folder}`);
  return dumpOf(documents, undefined, documents.length < files.length);
}

function documentOf(file: string, host: Host): DumpDocument | string {
  if (host.sizeOf(file) > 512 * 1024 * 1024) return 'it is larger than 512 MiB';
  try {
    const parsed = parsedJson(new TextDecoder().decode(host.readFile(file)));
    if (parsed === undefined) return 'it is no JSON';
    return dumpDocument(parsed) ?? 'it has no Kubernetes object';
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return 'it cannot be read';
  }
}

/** Matches all methods but GET: the proxy refuses whatever could change something. */
const NOT_GET = '^(|[^G].*|G|G[^E].*|GE|GE[^T].*|GET.+)$';

/** Only lists of kinds and of objects may be read: no single object, no log, nothing inside a pod. */
const PATHS =
  '^/api/v1(/(namespaces/[^/]+/)?[a-z]+)?$,^/apis/[^/]+(/[^/]+(/(namespaces/[^/]+/)?[a-z]+)?)?$';

/** Opens a cluster through the proxy of kubectl, which knows all ways to log in, while `use` reads it, as often as it likes. */
export async function withCluster<T>(
  { context, kubeconfig }: LookFlags,
  reads: readonly ClusterRead[],
  host: Host,
  use: (look: () => Promise<Dump>) => Promise<T>,
): Promise<T> {
  const served = await host.serve('kubectl', socket => [
    'proxy',
    `--unix-socket=${socket}`,
    `--reject-methods=${NOT_GET}`,
    `--accept-paths=${PATHS}`,
    '--append-server-path=true', // Of a server that has many clusters, each below a path.
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
  ]);
  try {
    return await use(() => readAll(reads, served));
  } finally {
    served.stop();
  }
}

async function readAll(reads: readonly ClusterRead[], served: ServedProgram): Promise<Dump> {
  let now: string | undefined;
  const get: ServedProgram['get'] = async (path, accept) => {
    const answer = await served.get(path, accept);
    // A time of HTTP, such as `Thu, 26 Nov 2026 07:16:06 GMT`, as Kubernetes writes it.
    const time = Date.parse(answer.date ?? '');
    if (!Number.isNaN(time)) now = new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
    return answer;
  };
  const list = apiLists({ get });
  const lists = new Map<ClusterRead, Listed>();
  const left = reads.values();
  const work = async (): Promise<void> => {
    for (const read of left) lists.set(read, await list(read));
  };
  await Promise.all(Array.from({ length: 6 }, work));
  const documents: DumpDocument[] = [];
  const refused = new Map<ClusterRead, Refused>();
  for (const read of reads) {
    const listed = lists.get(read) ?? [];
    if ('why' in listed) refused.set(read, listed);
    else documents.push(...listed);
  }
  return dumpOf(documents, { whole: reads.filter(read => !refused.has(read)), refused, now });
}

type Server = Pick<ServedProgram, 'get'>;

type Listed = readonly DumpDocument[] | Refused;

/** The most objects in one answer. */
const PAGE = 500;

/** No environment has lists of more pages. */
const MOST_PAGES = 200;

/** A name of a namespace or resource that cannot change the path of a URL, as `..` would. */
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

const JSON_TYPE = 'application/json';

/** Asks an API server for lists; it asks once for the kinds of each group. */
function apiLists(served: Server): (read: ClusterRead) => Promise<Listed> {
  const resources = oncePerText((group: string) => resourcesOf(group, served));
  return async ({ kind, namespace }) => {
    const found = await resources(kind.group);
    if ('why' in found) return found;
    const path = found.get(kind.kind);
    if (path === undefined) return [];
    const accept = kind === coreSecret ? SECRET_TABLE : JSON_TYPE;
    if (namespace === '') return pages(path.root + path.name, accept, served);
    if (!NAME.test(namespace)) return notGiven('its name is none of a namespace');
    return pages(`${path.root}namespaces/${namespace}/${path.name}`, accept, served);
  };
}

async function pages(path: string, accept: string, served: Server): Promise<Listed> {
  const documents: DumpDocument[] = [];
  let next = '';
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const query = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
    const answer = await apiAnswer(`${path}?limit=${PAGE}${query}`, accept, served);
    if ('why' in answer) return answer;
    if (answer.document === undefined) return [];
    const document = pageOf(answer.document, accept);
    if ('why' in document) return document;
    documents.push(document);
    next = textAt(answer.document, 'metadata', 'continue') ?? '';
    if (next === '') return documents;
  }
  return notGiven(`there are more than ${PAGE * MOST_PAGES} of them`);
}

function pageOf(answer: JsonObject, accept: string): DumpDocument | Refused {
  // A server that does not know Tables sends the values too: they are dropped.
  if (accept === SECRET_TABLE && answer['kind'] !== 'Table')
    return notGiven('the server gives Secrets only with their values, which are not read');
  return dumpDocument(answer) ?? notGiven('the server gave something that is no list');
}

/** A refusal that another try does not change. */
function notGiven(why: string): Refused {
  return { why, isDenied: true };
}

async function resourcesOf(group: string, served: Server) {
  const roots = group === '' ? ['/api/v1'] : await rootsOf(group, served);
  if ('why' in roots) return roots;
  const all: (readonly [kind: string, { readonly root: string; readonly name: string }])[] = [];
  for (const root of roots) {
    const answer = await apiAnswer(root, JSON_TYPE, served);
    if ('why' in answer) return answer;
    for (const resource of listAt(answer.document, 'resources')) {
      const name = textAt(resource, 'name') ?? '';
      all.push([textAt(resource, 'kind') ?? '', { root: `${root}/`, name }]);
    }
  }
  return new Map(all.filter(([, { name }]) => NAME.test(name)).reverse());
}

async function rootsOf(group: string, served: Server): Promise<readonly string[] | Refused> {
  const answer = await apiAnswer(`/apis/${group}`, JSON_TYPE, served);
  if ('why' in answer) return answer;
  const all = listAt(answer.document, 'versions').map(version => textAt(version, 'version') ?? '');
  const preferred = textAt(answer.document, 'preferredVersion', 'version') ?? '';
  return [...new Set([preferred, ...all])]
    .filter(version => NAME.test(version))
    .slice(0, 10)
    .map(version => `/apis/${group}/${version}`);
}

/** A document of an API server, or a refusal; without both there is nothing at the path. */
type ApiAnswer = { readonly document?: JsonObject } | Refused;

/** The document at a path. Throws where nobody is logged in or the server cannot be reached. */
async function apiAnswer(path: string, accept: string, { get }: Server): Promise<ApiAnswer> {
  const { status, text } = await get(path, accept);
  if (status === 404) return {};
  const document = parsedJson(text);
  if (status === 200 && isMap(document)) return { document };
  const message = textAt(document, 'message') ?? text.trim().split('\n')[0] ?? '';
  const why = message === '' ? `the server answers ${status}` : oneLine(message).slice(0, 400);
  // The server answers with JSON objects; a plain text is from the proxy, which cannot reach the server.
  if (status === 401 || (status >= 500 && !isMap(document)))
    throw new HostError(`the cluster cannot be read through kubectl: ${why}`);
  return status === 200
    ? { why: 'the server gave something that is no object of JSON', isDenied: false }
    : { why, isDenied: status < 500 && status !== 429 };
}
