import type { Host } from '../../ground/host.ts';
import { parsedJson } from '../../ground/json.ts';
import { wrongUsage } from '../usage.ts';
import { type Credentials, credentialsIn } from './credentials-in.ts';

const ECS = 'http://169.254.170.2';

/**
 * What may be asked without TLS: this machine, and the addresses that ECS and EKS have in every
 * container (docs/facts/aws.md#credentials).
 */
const OWN_HOST =
  /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\])$/;

/** The credentials of the container or pod that this runs in; undefined: it is in none. */
export async function containerCredentials(host: Host): Promise<Credentials | undefined> {
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
