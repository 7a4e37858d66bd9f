import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../generator/core/kube-object.ts';

/** Who speaks to the API server of the run: the administrator, with all rights. */
const run = process.env['REM_E2E_RUN'] ?? '';
const token = readFileSync(join(run, 'pki/admin.token'), 'utf8').trim();
const server = 'https://127.0.0.1';

/** An object as the API server keeps it. */
export interface Live extends KubeObject {
  readonly metadata: KubeObject['metadata'] & {
    readonly uid: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The types of a patch, in the order of how often they are used here. */
const mediaTypes = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  json: 'application/json',
} as const;

/** One request to the API server. */
export async function request(
  method: string,
  path: string,
  body?: unknown,
  type: keyof typeof mediaTypes = 'json',
): Promise<Answer> {
  const response = await fetch(`${server}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': mediaTypes[type] },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, body: isJson ? JSON.parse(text) : { message: text } };
}

/** The answer's body; an answer that is no success is an error with the server's words. */
export async function expectOk(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status}: ${String(body['message'])}`);
  return body;
}

interface Kind {
  readonly kind: string;
  readonly name: string;
  readonly namespaced: boolean;
}

const discovered = new Map<string, Promise<readonly Kind[]>>();

/** The kinds of a group and version; none when it is not served. */
async function kindsOf(apiVersion: string): Promise<readonly Kind[]> {
  const { status, body } = await request('GET', root(apiVersion));
  if (status !== 200) return [];
  const kinds = body['resources'] as readonly Kind[];
  return kinds.filter(({ name }) => !name.includes('/'));
}

function root(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** Names an object; without a name, all of its kind there. */
export interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string;
}

/** The path of an object; undefined when the server does not serve its kind. */
async function pathOf({ apiVersion, kind, namespace, name }: Ref): Promise<string | undefined> {
  const known = discovered.get(apiVersion) ?? kindsOf(apiVersion);
  const found = (await known).find(candidate => candidate.kind === kind);
  if (found === undefined) return undefined;
  discovered.set(apiVersion, known);
  const home = found.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
  return `${root(apiVersion)}${home}/${found.name}${name === undefined ? '' : `/${name}`}`;
}

async function servedPath(ref: Ref): Promise<string> {
  const path = await pathOf(ref);
  if (path === undefined) throw new Error(`no matches for ${ref.kind} in ${ref.apiVersion}`);
  return path;
}

/** How an object is sent. */
export interface Sending {
  readonly isDryRun?: boolean;
  readonly manager?: string;
}

/** Server-side apply, strict about unknown fields, as `kubectl apply --server-side` does it. */
export async function send(
  object: KubeObject,
  { isDryRun = false, manager = 'e2e' }: Sending = {},
): Promise<Answer> {
  const path = await pathOf(refTo(object));
  if (path === undefined) {
    const message = `no matches for kind "${object.kind}" in version "${object.apiVersion}"`;
    return { status: 404, body: { message } };
  }
  const dry = isDryRun ? '&dryRun=All' : '';
  const query = `fieldManager=${manager}&force=true&fieldValidation=Strict${dry}`;
  return request('PATCH', `${path}?${query}`, object, 'apply');
}

export function apply(object: KubeObject, sending: Sending = {}): Promise<Live> {
  const named = send(object, sending).then(({ status, body }) => ({
    status,
    body: {
      ...body,
      ...(status >= 300 && {
        message: `${object.kind}/${object.metadata.name}: ${body['message']}`,
      }),
    },
  }));
  return expectOk(named) as Promise<unknown> as Promise<Live>;
}

export function refTo({ apiVersion, kind, metadata }: KubeObject): Ref & { readonly name: string } {
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}

/** An object, or undefined when there is none. */
export async function find(ref: Ref): Promise<Live | undefined> {
  const answer = await request('GET', await servedPath(ref));
  if (answer.status === 404) return undefined;
  return expectOk(Promise.resolve(answer)) as Promise<unknown> as Promise<Live>;
}

export async function get(ref: Ref): Promise<Live> {
  return expectOk(request('GET', await servedPath(ref))) as Promise<unknown> as Promise<Live>;
}

/** All of a kind, in a namespace or everywhere. */
export async function list(ref: Ref): Promise<readonly Live[]> {
  const { items } = await expectOk(request('GET', await servedPath(ref)));
  return (items as readonly Live[]).map(item => ({
    ...item,
    apiVersion: ref.apiVersion,
    kind: ref.kind,
  }));
}

export async function merge(ref: Ref, patch: unknown, subresource = ''): Promise<Answer> {
  return request('PATCH', `${await servedPath(ref)}${subresource}`, patch, 'merge');
}

/** Deletes; what is not there is no fault. */
export async function remove(ref: Ref): Promise<void> {
  const options = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
  const { status, body } = await request('DELETE', await servedPath(ref), options);
  if (status >= 300 && status !== 404) throw new Error(`${status}: ${body['message']}`);
}

/** Ends what never comes: long beside what a busy machine takes, short beside an hour's interval. */
const PATIENCE = 600;

/** Asks until the answer is not undefined or false; then gives it. An error of the last try is the reason. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  seconds: number = PATIENCE,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown = 'it did not happen';
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = 'it did not happen';
    } catch (error) {
      last = error;
    }
    await new Promise(done => setTimeout(done, 250));
  }
  throw new Error(
    `${what}, not within ${seconds} s: ${last instanceof Error ? last.message : last}`,
  );
}
