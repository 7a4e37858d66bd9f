import type { Host } from '../../ground/host.ts';
import { parsedJson, textAt } from '../../ground/json.ts';
import { wrongUsage } from '../usage.ts';

/**
 * Credentials as AWS's own tools find them (docs/facts/aws.md#credentials): of the environment; of a
 * container or Pod Identity; or what the program aws finds, with profiles and SSO.
 */
export async function findCredentials(
  profile: string | undefined,
  host: Host,
): Promise<Credentials> {
  const own = profile === undefined ? ofEnvironment(host) : undefined;
  if (own !== undefined) return own;
  const named = profile ?? host.env('AWS_PROFILE');
  const ofContainer = named === undefined ? await containerCredentials(host) : undefined;
  return ofContainer ?? ofProgram(profile, host);
}

function ofEnvironment({ env }: Host): Credentials | undefined {
  const accessKeyId = env('AWS_ACCESS_KEY_ID') ?? '';
  const secretAccessKey = env('AWS_SECRET_ACCESS_KEY') ?? '';
  const sessionToken = env('AWS_SESSION_TOKEN') ?? '';
  if (accessKeyId === '' || secretAccessKey === '') return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== '' && { sessionToken }) };
}

function ofProgram(profile: string | undefined, host: Host): Credentials {
  const named = profile === undefined ? [] : ['--profile', profile];
  const args = ['configure', 'export-credentials', '--format', 'process', ...named];
  const { status, stdout, stderr } = host.run('aws', args);
  if (status === 127)
    wrongUsage(
      'no credentials of AWS: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or install the AWS CLI, whose profiles and logins are used',
    );
  const found = status === 0 ? credentialsIn(parsedJson(stdout), 'SessionToken') : undefined;
  if (found !== undefined) return found;
  const said = status === 0 ? 'it printed none' : reasonIn(stderr);
  return wrongUsage(`no credentials of AWS: aws ${args.join(' ')}: ${said}`);
}

/** Only its errors are shown: its output is a secret. Of a command that it does not know it lists all others. */
function reasonIn(text: string): string {
  const lines = text.trim().split('\n');
  if (/Invalid choice/i.test(text))
    return 'this AWS CLI does not know it: take a newer one, of version 2';
  return lines.at(-1) ?? '';
}

const ECS = 'http://169.254.170.2';

/**
 * What may be asked without TLS: this machine, and the addresses that ECS and EKS have in every
 * container (docs/facts/aws.md#credentials).
 */
const OWN_HOST =
  /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\])$/;

/** The credentials of the container or pod that this runs in; undefined: it is in none. */
async function containerCredentials(host: Host): Promise<Credentials | undefined> {
  const relative = host.env('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  const full = host.env('AWS_CONTAINER_CREDENTIALS_FULL_URI');
  if (relative === undefined && full === undefined) return undefined;
  const url = relative === undefined ? allowed(full ?? '') : new URL(ECS + relative);
  if (relative !== undefined && url.origin !== ECS)
    wrongUsage('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path');
  const authorization = tokenOf(host);
  const headers = authorization === undefined ? {} : { authorization };
  const { status, text } = await answerOf(url, headers);
  const found = status === 200 ? credentialsIn(parsedJson(text), 'Token') : undefined;
  return found ?? wrongUsage(`no credentials of AWS: ${url.origin} answers ${status}`);
}

async function answerOf(
  url: URL,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetch(url, { headers, redirect: 'error' });
    return { status: response.status, text: await response.text() };
  } catch {
    return wrongUsage(`no credentials of AWS: ${url.origin} cannot be asked`);
  }
}

function allowed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'https:' || OWN_HOST.test(url.hostname))) return url;
  return wrongUsage(
    `AWS_CONTAINER_CREDENTIALS_FULL_URI may name this machine, ECS, EKS or a host with https, not ${url?.host ?? 'no URL'}`,
  );
}

/** Read anew each time: Kubernetes rotates the file. */
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

/** What signs calls to AWS. It is never shown. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** As the credential process and the endpoints of containers give them. */
function credentialsIn(document: unknown, tokenField: string): Credentials | undefined {
  const accessKeyId = textAt(document, 'AccessKeyId');
  const secretAccessKey = textAt(document, 'SecretAccessKey');
  const sessionToken = textAt(document, tokenField);
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
