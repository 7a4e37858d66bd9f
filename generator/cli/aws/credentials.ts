import type { Host } from '../../ground/host.ts';
import { parsedJson } from '../../ground/json.ts';
import { wrongUsage } from '../usage.ts';
import { containerCredentials } from './container-credentials.ts';
import { type Credentials, credentialsIn } from './credentials-in.ts';

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
