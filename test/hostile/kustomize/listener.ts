import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Ran } from '../../machine.ts';

/** A server of this machine, and what has come to it. */
export interface Listener {
  readonly port: number;
  /** `GET /x.yaml`, or `connection` where no request was made out. */
  readonly arrived: readonly string[];
}

/** What the server answers, whatever is asked: an object that would be seen in a build. */
const ANSWER = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: fetched }\n';

/** A server that takes down who comes, gone when the test is over. */
export async function listen(): Promise<Listener> {
  const arrived: string[] = [];
  const server = createServer((request, response) => {
    arrived.push(`${request.method} ${request.url}`);
    response.end(ANSWER);
  });
  server.on('connection', () => arrived.push('connection'));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, arrived };
}

/** Runs a program while the server of this process can answer. */
export function runBeside(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', data => {
      stdout += data;
    });
    child.stderr.on('data', data => {
      stderr += data;
    });
    child.on('error', reject);
    child.on('close', status => resolve({ status, stdout, stderr }));
  });
}
