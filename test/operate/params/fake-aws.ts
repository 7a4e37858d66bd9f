import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Host } from '../../../generator/core/host.ts';
import { type Answer, answerOf, type State, type Stored } from './fake-services.ts';

/** A call that was answered. */
interface Called {
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly input: unknown;
}

/** What the fake is told to do. */
export interface FakeOptions extends Partial<Omit<State, 'parameters' | 'secrets'>> {
  readonly parameters?: Readonly<Record<string, Partial<Stored>>>;
  readonly secrets?: Readonly<Record<string, Partial<Stored>>>;
  /** How many calls are refused at first for being too many. */
  readonly throttled?: number;
  /** After how many calls all others are refused so. */
  readonly most?: number;
  /** What they are told then. */
  readonly last?: string;
  /** Is told of each call before it is answered. */
  readonly onCall?: (count: number) => void;
  /** Of the session that is let in. */
  readonly session?: string;
}

/** What answers calls. */
interface Answering {
  readonly calls: Called[];
  readonly state: State;
  readonly answer: (headers: IncomingHttpHeaders, path: string, body: string) => Answer;
}

/** AWS on this machine. */
interface FakeAws extends Pick<Answering, 'calls' | 'state'> {
  readonly url: string;
  /** What finds it. */
  readonly env: Readonly<Record<string, string>>;
  /** A machine that has this environment, and on which waiting takes no time. */
  readonly given: Pick<Host, 'env' | 'wait'>;
  /** It is another one at the same place from now on; gives its calls. */
  readonly become: (options: FakeOptions) => Called[];
}

const KEY_ID = 'AKIAEXAMPLE';
const SECRET_KEY = 'fake/secret+key';

/**
 * Parameter Store and Secrets Manager as strict as AWS (docs/facts/aws.md#parameters), with real HTTP
 * and real signatures; gone when the test is over.
 */
export async function fakeAws(options: FakeOptions = {}): Promise<FakeAws> {
  let now = answering(options);
  const { calls, state } = now;
  const url = await served((...call) => now.answer(...call));
  const { session = '' } = options;
  const env = {
    AWS_ACCESS_KEY_ID: KEY_ID,
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    AWS_ENDPOINT_URL: url,
    ...(session !== '' && { AWS_SESSION_TOKEN: session }),
  };
  const become = (other: FakeOptions): Called[] => {
    now = answering(other);
    return now.calls;
  };
  const variables: Readonly<Record<string, string | undefined>> = env;
  const given = { env: (name: string) => variables[name], wait: async () => undefined };
  return { url, env, given, calls, state, become };
}

function answering(options: FakeOptions): Answering {
  const {
    parameters = {},
    secrets = {},
    throttled = 0,
    most = Number.POSITIVE_INFINITY,
    last = 'ThrottlingException',
    onCall = () => {},
    session = '',
    ...more
  } = options;
  const state: State = {
    denied: [],
    emptyPages: 0,
    account: '123456789012',
    token: '',
    quoting: false,
    ...more,
    parameters: storedIn(parameters),
    secrets: storedIn(secrets),
  };
  const calls: Called[] = [];
  let left = throttled;
  const answer = (headers: IncomingHttpHeaders, path: string, body: string): Answer => {
    const scope = signedScope(headers, path, body, session);
    if (scope === undefined) return { error: 'UnrecognizedClientException', message: 'signature' };
    const target = String(headers['x-amz-target']);
    const operation = target.replace(/^.*\./, '');
    const input = JSON.parse(body);
    calls.push({ ...scope, operation, input });
    onCall(calls.length);
    left -= 1;
    if (left >= 0) return { error: 'ThrottlingException', message: 'Rate exceeded' };
    if (calls.length > most) return { error: last, message: 'Rate exceeded' };
    const isRight = target.startsWith(scope.service === 'ssm' ? 'AmazonSSM.' : 'secretsmanager.');
    return isRight ? answerOf(operation, input, state) : { error: 'Unknown', message: target };
  };
  return { calls, state, answer };
}

/** The URL of a server that gives these answers. */
function served(answer: Answering['answer']): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      const found = answer(request.headers, request.url ?? '', body);
      const [status, document] =
        'error' in found
          ? [400, { __type: `com.amazon#${found.error}`, message: found.message }]
          : [200, found.output];
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(document));
    });
  });
  return listening(server);
}

/** The URL of a server that listens on this machine until the test is over. */
export async function listening(server: Server): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

function storedIn(given: Readonly<Record<string, Partial<Stored>>>): State['parameters'] {
  const usual = { type: 'SecureString', value: 'v', keyId: 'alias/aws/ssm', tier: 'Standard' };
  return new Map(
    Object.entries(given).map(([name, stored]) => [name, { ...usual, version: 1, ...stored }]),
  );
}

/** What a signature is for, if it is right (AWS Signature Version 4). */
function signedScope(
  headers: IncomingHttpHeaders,
  path: string,
  body: string,
  token: string,
): { readonly service: string; readonly region: string } | undefined {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/;
  const [, id, day = '', region = '', service = '', names = '', signature] =
    form.exec(headers.authorization ?? '') ?? [];
  if (id !== KEY_ID || String(headers['x-amz-security-token'] ?? '') !== token) return undefined;
  const lines = names.split(';').map(name => `${name}:${String(headers[name])}\n`);
  const request = ['POST', path, '', lines.join(''), names, sha256(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(request)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (before, part) => hmac(before, part),
    `AWS4${SECRET_KEY}`,
  );
  return hmac(key, toSign).toString('hex') === signature ? { service, region } : undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
