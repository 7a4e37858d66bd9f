import type { ServedProgram } from '../../ground/host.ts';
import { HostError } from '../../ground/host-error.ts';
import { isMap, type JsonObject, listAt, parsedJson, textAt } from '../../ground/json.ts';
import { oncePerText } from '../../ground/once-per.ts';
import { coreSecret } from '../../kinds/core/secret.ts';
import { SECRET_TABLE } from '../../kinds/core/secret-metadata.ts';
import type { ClusterRead } from '../../operate/doctor/cluster-reads.ts';
import type { Refused } from '../../operate/doctor/dump.ts';
import { type DumpDocument, dumpDocument } from '../../operate/doctor/dump-documents.ts';
import { oneLine } from '../../report/one-line.ts';

/** What is asked. */
type Server = Pick<ServedProgram, 'get'>;

/** A list of a cluster: what it holds, or why it was not given. */
export type Listed = readonly DumpDocument[] | Refused;

/** Objects of one answer; a list goes on with the next. */
const PAGE = 500;

/** Lists with more pages are not of one's own secrets. */
const MOST_PAGES = 200;

/** What the API server calls namespaces and resources: nothing that leads elsewhere in a URL. */
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

const JSON_TYPE = 'application/json';

/** Asks an API server for lists; of each group it asks once how its kinds are called. */
export function apiLists(served: Server): (read: ClusterRead) => Promise<Listed> {
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
