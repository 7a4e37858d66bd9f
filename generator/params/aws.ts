import { AwsV4Signer } from 'aws4fetch';
import { awsPartition, awsRegionHint, isAwsRegion } from '../core/aws-regions.ts';
import { type Host, HostError } from '../core/host.ts';
import { isMap, type JsonObject, parsedJson, textAt } from '../core/json.ts';
import type { AwsService } from '../kinds/eso/stores.ts';
import { wrongUsage } from '../shell/flags.ts';
import { overLimit } from '../world/programs.ts';

/** Calls AWS with the credentials of the user of this machine. */
export interface Aws {
  readonly call: (place: AwsPlace, operation: string, input: JsonObject) => Promise<JsonObject>;
  readonly host: Host;
}

export type AwsPlace = { readonly service: AwsService; readonly region: string };

/** The credentials that sign calls to AWS. They are never shown. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The pages of a listing, from `token` on. A page may be empty without being the last one. */
export async function* pagesOf(
  call: CallPlace,
  operation: string,
  input: JsonObject,
  token?: string,
): AsyncGenerator<{ readonly page: JsonObject; readonly next: string | undefined }, void> {
  let next = token;
  do {
    const page = await call(operation, next === undefined ? input : { ...input, NextToken: next });
    next = textAt(page, 'NextToken') || undefined;
    yield { page, next };
  } while (next !== undefined);
}

/** How long to wait between two tries, in milliseconds. */
const WAIT = { first: 500, longest: 20_000 } as const;

/** Names of services (docs/facts/aws.md#calls) in hosts and signatures, in the variable for another endpoint, and in a header. */
const PROTOCOLS: Readonly<Record<AwsService, Record<'id' | 'target' | 'variable', string>>> = {
  ParameterStore: { id: 'ssm', variable: 'SSM', target: 'AmazonSSM' },
  SecretsManager: { id: 'secretsmanager', variable: 'SECRETS_MANAGER', target: 'secretsmanager' },
};

/** A client with the credentials of the user or of a profile, which are read at the first call. */
export function awsClient(profile: string | undefined, host: Host): Aws {
  let pending: Promise<Credentials> | undefined;
  let isLate = false;
  const call: Aws['call'] = async (place, operation, input) => {
    pending ??= findCredentials(profile, host);
    const credentials = await pending;
    for (let before = 1; ; before += 1) {
      const answer = await answerTo({ ...place, operation, isLate }, input, credentials, host);
      if (!(answer instanceof AwsRefusal)) {
        isLate = true;
        return answer;
      }
      if (before >= answer.tries) throw answer;
      const pause = Math.random() * Math.min(WAIT.longest, WAIT.first * 2 ** before);
      host.progress(
        `${PROTOCOLS[place.service].id} is busy: asked again in ${Math.ceil(pause / 1000)} s`,
      );
      await host.wait(pause);
    }
  };
  return { call, host };
}

/** Credentials of the environment, a container, Pod Identity, or the program aws (docs/facts/aws.md#credentials). */
async function findCredentials(profile: string | undefined, host: Host): Promise<Credentials> {
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
  const fromVariables = profile === undefined ? credentialsOf(names.map(host.env)) : undefined;
  if (fromVariables !== undefined) return fromVariables;
  const isNamed = (profile ?? host.env('AWS_PROFILE')) !== undefined;
  return (isNamed ? undefined : await containerCredentials(host)) ?? ofProgram(profile, host);
}

function credentialsOf(parts: readonly (string | undefined)[]): Credentials | undefined {
  const [accessKeyId = '', secretAccessKey = '', sessionToken = ''] = parts;
  if (accessKeyId === '' || secretAccessKey === '') return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== '' && { sessionToken }) };
}

const ECS = 'http://169.254.170.2';

async function containerCredentials(host: Host): Promise<Credentials | undefined> {
  const relative = host.env('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  const full = host.env('AWS_CONTAINER_CREDENTIALS_FULL_URI');
  if (relative === undefined && full === undefined) return undefined;
  const url = relative === undefined ? allowed(full ?? '') : new URL(ECS + relative);
  if (relative !== undefined && url.origin !== ECS)
    wrongUsage('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path');
  const authorization = tokenOf(host);
  const headers = authorization === undefined ? {} : { authorization };
  const { status, text } = await fetch(url, { headers, redirect: 'error' })
    .then(async response => ({ status: response.status, text: await response.text() }))
    .catch(() => wrongUsage(`no credentials of AWS: ${url.origin} cannot be asked`));
  const found = status === 200 ? credentialsIn(parsedJson(text), 'Token') : undefined;
  return found ?? wrongUsage(`no credentials of AWS: ${url.origin} answers ${status}`);
}

/** Hosts without TLS: this machine, and ECS and EKS inside containers (docs/facts/aws.md#credentials). */
const OWN_HOST =
  /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\])$/;

function allowed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'https:' || OWN_HOST.test(url.hostname))) return url;
  return wrongUsage(
    `AWS_CONTAINER_CREDENTIALS_FULL_URI may name this machine, ECS, EKS or a host with https, not ${url?.host ?? 'no URL'}`,
  );
}

/** Not kept: Kubernetes rotates the file. */
function tokenOf(host: Host): string | undefined {
  const file = host.env('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  const token =
    file === undefined
      ? host.env('AWS_CONTAINER_AUTHORIZATION_TOKEN')
      : new TextDecoder().decode(host.readFile(file)).trim();
  if (token !== undefined && /[\r\n]/.test(token))
    wrongUsage('the authorization token of the container has several lines');
  return token;
}

function credentialsIn(document: unknown, tokenField: string): Credentials | undefined {
  const names = ['AccessKeyId', 'SecretAccessKey', tokenField];
  return credentialsOf(names.map(name => textAt(document, name)));
}

async function ofProgram(profile: string | undefined, host: Host): Promise<Credentials> {
  const named = profile === undefined ? [] : ['--profile', profile];
  const args = ['configure', 'export-credentials', '--format', 'process', ...named];
  const { status, limit, stdout, stderr } = await host.run('aws', args, { isAtTerminal: true });
  if (status === 'absent')
    wrongUsage(
      'no credentials of AWS: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or install the AWS CLI, whose profiles and logins are used',
    );
  const found = status === 'ok' ? credentialsIn(parsedJson(stdout), 'SessionToken') : undefined;
  if (found !== undefined) return found;
  // Only the last line of an error: for an unknown command the AWS CLI lists all its commands first.
  const error = /Invalid choice/i.test(stderr)
    ? 'this AWS CLI does not know it: take a newer one, of version 2'
    : stderr.trim().split('\n').at(-1);
  const reason = status === 'ok' ? 'it printed none' : ((limit && overLimit(limit)) ?? error);
  return wrongUsage(`no credentials of AWS: aws ${args.join(' ')}: ${reason}`);
}

async function answerTo(
  called: Omit<Refused, 'status' | 'type' | 'detail'>,
  input: JsonObject,
  credentials: Credentials,
  host: Host,
): Promise<JsonObject | AwsRefusal> {
  const { service, region, operation } = called;
  const { id, target } = PROTOCOLS[service];
  const signer = new AwsV4Signer({
    method: 'POST',
    url: endpointOf(called, host),
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
    // Services write `__type` with or without their name before it.
    const type = (textAt(answer, '__type') ?? 'UnknownError').replace(/^.*#/, '');
    const detail = textAt(answer, 'message') ?? textAt(answer, 'Message') ?? '';
    return new AwsRefusal({ ...called, status: response.status, type, detail });
  } catch (error) {
    return new AwsRefusal({ ...called, status: 0, type: causeOf(error), detail: url.host });
  }
}

/** The URL of a service (docs/facts/aws.md#endpoints). */
export function endpointOf({ service, region }: AwsPlace, { env }: Host): string {
  const { id, variable } = PROTOCOLS[service];
  const url = env(`AWS_ENDPOINT_URL_${variable}`) ?? env('AWS_ENDPOINT_URL');
  const isIgnored = env('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS') === 'true';
  if (url !== undefined && url !== '' && !isIgnored) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      wrongUsage('AWS_ENDPOINT_URL is no URL of http or https');
    return url;
  }
  return `https://${id}.${region}.${awsPartition(region).domain}/`;
}

interface Refused extends AwsPlace {
  readonly operation: string;
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** `AccessDeniedException`, or what happened to the connection. */
  readonly type: string;
  /** The message of AWS, or the host that does not answer. */
  readonly detail: string;
  /** AWS has answered before. */
  readonly isLate: boolean;
}

const DENIED = /^AccessDenied(?:Exception)?$/;

const THROTTLING =
  /^(?:Throttling|ThrottlingException|TooManyRequestsException|RequestLimitExceeded|TooManyUpdates)$/;

const BAD_CREDENTIALS =
  /^(?:UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|IncompleteSignature|IncompleteSignatureException|ExpiredTokenException|ExpiredToken|MissingAuthenticationToken|MissingAuthenticationTokenException|SignatureDoesNotMatch)$/;

/** An error of AWS. Its message is left out where it may quote a value. */
export class AwsRefusal extends HostError {
  readonly type: string;
  readonly isAbsent: boolean;
  /** A permission is missing. AWS refuses all names without one, whether they exist or not. */
  readonly isDenied: boolean;
  /** Whether all further calls would fail too, but another run may succeed, as after a login that ran out. */
  readonly isBreak: boolean;
  /** How often to try. A throttled call was not carried out, but after another error a value may be written. */
  readonly tries: number;

  constructor(refused: Refused) {
    const { operation, status, type, isLate } = refused;
    super(wordsFor(refused));
    this.type = type;
    this.isAbsent = type === 'ResourceNotFoundException';
    this.isDenied = DENIED.test(type);
    const isThrottled = THROTTLING.test(type);
    const isUnanswered = status === 0 || status >= 500;
    this.isBreak = isThrottled || (isLate && (isUnanswered || BAD_CREDENTIALS.test(type)));
    this.tries = isUnanswered && /^(?:Describe|Get|List)/.test(operation) ? 3 : 1;
    if (isThrottled) this.tries = 10;
  }
}

/** The permission that each operation needs, and what we need it for. */
const PURPOSES: Readonly<Record<string, readonly [action: string, on: string, purpose: string]>> = {
  DescribeParameters: ['ssm:DescribeParameters', '*', 'tells which parameters there are'],
  GetParameters: ['ssm:GetParameters', 'the parameters', 'reads them for --read'],
  PutParameter: ['ssm:PutParameter', 'the parameter', 'writes it'],
  DeleteParameter: ['ssm:DeleteParameter', 'the parameter', 'deletes it'],
  DescribeSecret: ['secretsmanager:DescribeSecret', 'the secret', 'tells whether it is there'],
  ListSecrets: ['secretsmanager:ListSecrets', '*', 'tells which secrets there are'],
  GetSecretValue: ['secretsmanager:GetSecretValue', 'the secret', 'reads it for --read'],
  PutSecretValue: ['secretsmanager:PutSecretValue', 'the secret', 'writes it'],
  CreateSecret: ['secretsmanager:CreateSecret', 'the secret', 'writes it'],
};

/** Why a value is not written, in our words: a message of AWS may quote it. */
const REASONS: Readonly<Record<string, string>> = {
  HierarchyTypeMismatchException: 'AWS changes no type of a parameter',
  InvalidKeyId: 'the key is not there, or these credentials may not use it',
  ParameterAlreadyExists: 'somebody else has made it meanwhile',
  ParameterLimitExceeded: 'the account has as many parameters as AWS allows',
  ParameterMaxVersionLimitExceeded: 'its oldest version has a label, which has to be moved first',
  ParameterPatternMismatchException: 'the value does not match the pattern of the parameter',
  ResourceExistsException: 'somebody else has made it meanwhile',
};

function wordsFor({ operation, region, status, type, detail }: Refused): string {
  const [action = operation, on = '*', purpose = ''] = PURPOSES[operation] ?? [];
  if (status === 0) return `AWS cannot be reached: ${detail}: ${type}`;
  if (BAD_CREDENTIALS.test(type))
    return `AWS does not take the credentials (${type}): log in again, as with aws sso login`;
  if (DENIED.test(type)) {
    const isOfKey = /kms|ciphertext/i.test(detail);
    const missing = isOfKey ? 'kms:Decrypt on the key that encrypts it' : `${action} on ${on}`;
    return `AWS does not let ${/User: (arn:[^\s]{1,300}) is not/.exec(detail)?.[1] ?? 'these credentials'} call ${action} in ${region}, which ${purpose}: the permission ${missing} is missing`;
  }
  // The message about a write may quote the value.
  const isWriting = /^(?:Put|Create)/.test(operation);
  const reason = Object.hasOwn(REASONS, type) ? REASONS[type] : isWriting ? '' : detail;
  const words = reason === '' ? '' : `: ${reason}`;
  return `AWS refuses ${action} in ${region}: ${type}${words}`;
}

/** fetch keeps what happened to the connection in `cause`. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.message : String(error);
}

export type CallPlace = (operation: string, input: JsonObject) => Promise<JsonObject>;

/** Calls one place until a refusal ends the run: all later calls are answered by it, and AWS is not asked again. */
export function callAt(place: AwsPlace, { call }: Aws): CallPlace {
  let broken: AwsRefusal | undefined;
  return async (operation, input) => {
    if (broken !== undefined) throw broken;
    const answer = await unlessRefused(call(place, operation, input), 'isBreak');
    if (!(answer instanceof AwsRefusal)) return answer;
    broken = answer;
    throw broken;
  };
}

/** An answer, or a refusal of such a kind: returned, not thrown, so that earlier answers are kept. */
export async function unlessRefused<T>(
  answer: Promise<T>,
  ...kinds: readonly ('isAbsent' | 'isBreak' | 'isDenied')[]
): Promise<T | AwsRefusal> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AwsRefusal && kinds.some(kind => error[kind])) return error;
    throw error;
  }
}

/** The store's region, or the caller's for none or a variable. It is checked, as it becomes part of a host name. */
export function regionOf(written: string, { env }: Host): string {
  const isKnown = isAwsRegion(written);
  const region = isKnown ? written : (env('AWS_REGION') ?? env('AWS_DEFAULT_REGION') ?? '');
  if (!isKnown && written !== '' && !written.includes('$'))
    wrongUsage(`AWS has no region ${JSON.stringify(written)}. ${awsRegionHint(written)}`);
  if (!isAwsRegion(region)) wrongUsage('which region? Set AWS_REGION');
  return region;
}
