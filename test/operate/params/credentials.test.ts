import { spawn } from 'node:child_process';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import type { Run } from '../../../generator/core/host.ts';
import { folderOf, type Ran, remSecrets, runLater } from '../../machine.ts';
import { READS_A } from '../aws-manifests.ts';
import { fakeAws, listening } from './fake-aws.ts';

const CHECKED = 'rem-secrets: 1 entry checked, 0 findings\n';

type Env = Readonly<Record<string, string>>;

/** Checks one parameter that is there. */
async function check(
  env: Env,
  flags: readonly string[] = [],
  program: (args: readonly string[]) => Run = () => ({ status: 'absent', stdout: '', stderr: '' }),
): Promise<Ran> {
  const folder = folderOf({ 'in.yaml': READS_A, token: 'token of the pod\n' });
  return runLater(folder, ['params', 'check', 'in.yaml', ...flags], {
    env: name => env[name],
    wait: async () => undefined,
    run: async (_, args) => program(args),
  });
}

/** A program aws that cannot tell any. */
function failing(stderr: string): () => Run {
  return () => ({ status: 'failed', stdout: '', stderr });
}

/** What a pod is told by EKS Pod Identity. */
function podWith(uri: string): Env {
  return {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: 'token',
  };
}

/** The fake without credentials in the environment, and these as AWS's tools print them. */
async function awsWithout(): Promise<{ readonly env: Env; readonly keys: Env }> {
  const { env } = await fakeAws({ parameters: { '/a': {} }, session: 'session' });
  const { AWS_ACCESS_KEY_ID: id = '', AWS_SECRET_ACCESS_KEY: secret = '', ...rest } = env;
  const { AWS_SESSION_TOKEN: token = '', ...without } = rest;
  const keys = { AccessKeyId: id, SecretAccessKey: secret, SessionToken: token, Token: token };
  return { env: without, keys };
}

test('the program aws is asked, with the profile that is named, and not through a shell', async () => {
  const { env, keys } = await awsWithout();
  const asked: (readonly string[])[] = [];
  const program = (args: readonly string[]): Run => {
    asked.push(args);
    return { status: 'ok', stdout: JSON.stringify({ Version: 1, ...keys }), stderr: '' };
  };
  expect(await check(env, [], program)).toMatchObject({ status: 0, stderr: CHECKED });
  const flags = ['--profile', 'a; rm -rf b'];
  expect(await check(env, flags, program)).toMatchObject({ status: 0 });
  const plain = ['configure', 'export-credentials', '--format', 'process'];
  expect(asked).toEqual([plain, [...plain, ...flags]]);
});

test('a profile goes before the environment, and the environment before the program', async () => {
  const { env } = await fakeAws({ parameters: { '/a': {} } });
  const program = failing('\nThe token has expired\n');
  expect(await check(env, [], program)).toMatchObject({ status: 0 });
  expect(await check(env, ['--profile', 'dev'], program)).toMatchObject({
    status: 2,
    stderr:
      'rem-secrets: no credentials of AWS: aws configure export-credentials --format process --profile dev: The token has expired\n',
  });
});

test('a program that lists its commands instead is too old', async () => {
  const { env } = await awsWithout();
  const said =
    'aws: error: argument subcommand: Invalid choice, valid choices are:\n\nset | add-model\n';
  const { stderr } = await check(env, [], failing(said));
  expect(stderr).toContain('process: this AWS CLI does not know it: take a newer one');
});

test('without anything it is said what to do', async () => {
  const { env } = await awsWithout();
  const { status, stderr } = await check(env);
  expect(status).toBe(2);
  expect(stderr).toContain(
    'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or install the AWS CLI',
  );
});

/** An endpoint of containers, and what it was asked with. */
async function endpoint(
  status: number,
  document: unknown,
): Promise<{ readonly url: string; readonly asked: IncomingHttpHeaders[] }> {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer(({ headers }, response) => {
    asked.push(headers);
    response.writeHead(status, { location: 'http://127.0.0.1:9/' });
    response.end(JSON.stringify(document));
  });
  return { url: `${await listening(server)}/v1/credentials`, asked };
}

test('Pod Identity: the endpoint of the pod is asked with the token in its file', async () => {
  const { env, keys } = await awsWithout();
  const { url, asked } = await endpoint(200, keys);
  expect(await check({ ...env, ...podWith(url) })).toMatchObject({ status: 0, stderr: CHECKED });
  expect(asked).toMatchObject([{ authorization: 'token of the pod' }]);
});

test.for([
  'http://169.254.169.254/latest',
  'http://evil.example/credentials',
  'http://localhost.evil.example/',
  'http://127.0.0.1.evil.example/',
  'file:///etc/passwd',
  'nonsense',
])('no token goes to %s', async uri => {
  const { env } = await awsWithout();
  expect(await check({ ...env, ...podWith(uri) })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('AWS_CONTAINER_CREDENTIALS_FULL_URI may name this machine'),
  });
});

test.for([
  [403, {}, 'answers 403'],
  [200, { AccessKeyId: 'a' }, 'answers 200'],
  [302, {}, 'cannot be asked'],
] as const)('an endpoint that has none: %i', async ([status, document, said]) => {
  const { env } = await awsWithout();
  const { url } = await endpoint(status, document);
  const ran = await check({ ...env, AWS_CONTAINER_CREDENTIALS_FULL_URI: url });
  expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining(said) });
});

test('a relative URI stays at the address of ECS', async () => {
  const { env } = await awsWithout();
  const ran = await check({ ...env, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '@evil.example/' });
  expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('is no path') });
});

test.for([
  [{ AWS_ENDPOINT_URL: 'ftp://a' }, 'is no URL of http or https'],
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, 'AWS cannot be reached: 127.0.0.1:9: '],
  [{ AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:9' }, 'AWS cannot be reached: 127.0.0.1:9: '],
] as const)('another endpoint: %j', async ([given, said]) => {
  const { env } = await fakeAws({ parameters: { '/a': {} } });
  expect(await check({ ...env, ...given })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(said),
  });
});

test('the launcher does the same, with the client from its own bundle', async () => {
  const aws = await fakeAws({ parameters: { '/a': {} } });
  const folder = folderOf([['in.yaml', READS_A]]);
  const env = { PATH: process.env['PATH'] ?? '', ...aws.env };
  expect(await ended(['params', 'check', 'in.yaml'], folder, env)).toEqual([0, CHECKED]);
  aws.state.parameters.clear();
  const [status, stderr] = await ended(['params', 'check', 'in.yaml'], folder, env);
  expect(status).toBe(1);
  expect(stderr).toContain('in.yaml:11:44: error: there is no parameter "/a" in eu-west-1');
});

/** Runs the launcher while this process goes on answering. */
async function ended(args: readonly string[], cwd: string, env: Env): Promise<[number, string]> {
  const child = spawn(remSecrets, args, { cwd, env });
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const status = await new Promise<number>(resolve => child.on('close', resolve));
  return [status, stderr];
}
