import { AwsV4Signer } from 'aws4fetch';
import type { Host } from '../../ground/host.ts';
import { isMap, type JsonObject, parsedJson, textAt } from '../../ground/json.ts';
import { AwsRefusal } from './aws-refusal.ts';
import { type Credentials, findCredentials } from './credentials.ts';
import { type AwsPlace, endpointOf, PROTOCOLS } from './services.ts';

/** Calls AWS: an operation with its input, to its output. */
export type CallAws = (
  place: AwsPlace,
  operation: string,
  input: JsonObject,
) => Promise<JsonObject>;

/** Calls one service in one region. */
export type CallThere = (operation: string, input: JsonObject) => Promise<JsonObject>;

/** What calls a service of a region alone. */
export function callAt(place: AwsPlace, call: CallAws): CallThere {
  return (operation, input) => call(place, operation, input);
}

/** How long to wait between two tries, in milliseconds. */
const WAIT = { first: 500, longest: 20_000 } as const;

/** A client with the credentials of the caller, who may name a profile. It is asked for them once. */
export function awsClient(profile: string | undefined, host: Host): CallAws {
  let credentials: Promise<Credentials> | undefined;
  let isLate = false;
  return async (place, operation, input) => {
    credentials ??= findCredentials(profile, host);
    const own = await credentials;
    for (let before = 1; ; before += 1) {
      const answer = await answerTo({ ...place, operation, isLate }, input, own, host);
      if (!(answer instanceof AwsRefusal)) {
        isLate = true;
        return answer;
      }
      if (before >= triesOf(answer)) throw answer;
      const pause = Math.random() * Math.min(WAIT.longest, WAIT.first * 2 ** before);
      host.progress(
        `${PROTOCOLS[place.service].id} is busy: asked again in ${Math.ceil(pause / 1000)} s`,
      );
      await host.wait(pause);
    }
  };
}

/** How often to try: what was not let in was not done; after another error a value may be written. */
function triesOf({ isThrottled, status, operation }: AwsRefusal): number {
  if (isThrottled) return 10;
  const isReading = /^(?:Describe|Get|List)/.test(operation);
  return isReading && (status === 0 || status >= 500) ? 3 : 1;
}

/** A call, and whether another one was answered before. */
interface Called extends AwsPlace {
  readonly operation: string;
  readonly isLate: boolean;
}

async function answerTo(
  called: Called,
  input: JsonObject,
  credentials: Credentials,
  host: Host,
): Promise<JsonObject | AwsRefusal> {
  const { service, region, operation } = called;
  const { id, target } = PROTOCOLS[service];
  const signer = new AwsV4Signer({
    method: 'POST',
    url: endpointOf(service, region, host),
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${target}.${operation}`,
    },
    body: JSON.stringify(input),
    ...credentials,
    service: id,
    region,
  });
  const { method, url, headers, body } = await signer.sign();
  try {
    const response = await fetch(url, { method, headers, body: body ?? null, redirect: 'error' });
    const answer = parsedJson(await response.text());
    if (response.ok && isMap(answer)) return answer;
    return new AwsRefusal({ ...called, status: response.status, ...errorIn(answer) });
  } catch (error) {
    return new AwsRefusal({ ...called, status: 0, type: causeOf(error), said: url.host });
  }
}

/** Services write `__type` with or without their name before it. */
function errorIn(answer: unknown): { readonly type: string; readonly said: string } {
  const type = (textAt(answer, '__type') ?? 'UnknownError').replace(/^.*#/, '');
  return { type, said: textAt(answer, 'message') ?? textAt(answer, 'Message') ?? '' };
}

/** fetch keeps what happened to the connection in `cause`. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.message : String(error);
}
