import type { Served } from '../../ground/host.ts';
import { HostError } from '../../ground/host-error.ts';
import { isMap, type JsonObject, parsedJson, textAt } from '../../ground/json.ts';
import type { Refused } from '../../operate/doctor/dump.ts';
import { oneLine } from '../../report/one-line.ts';

/** A document of an API server, why it gives none, or that there is nothing at the path. */
export type ApiAnswer = { readonly document: JsonObject } | Refused | 'absent';

/** Longer words are not of an API server. */
const LONGEST = 400;

/** What is at a path. Who is not logged in, or cannot reach the server, is told so by an error. */
export async function apiAnswer(
  path: string,
  accept: string,
  { get }: Pick<Served, 'get'>,
): Promise<ApiAnswer> {
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
