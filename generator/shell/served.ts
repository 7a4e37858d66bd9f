import { type ChildProcessByStdio, spawn } from 'node:child_process';
// biome-ignore lint/style/noRestrictedImports: The proxy of kubectl listens on a socket of our own.
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { HostError, type HttpAnswer, type ServedProgram } from '../core/host.ts';

/**
 * Runs a program, beside a new folder for its socket, until whoever holds the other end of its stdin is gone. It is a
 * session of its own, which Ctrl-C does not reach, so even SIGKILL of us leaves nothing behind.
 */
const KEEPER = `
umask 077
mkdir "$1" || exit
folder=$1
shift
"$@" </dev/null &
exec >/dev/null 2>&1
read -r _
rm -rf -- "$folder"
kill 0`;

/** All pods of a large namespace take less. */
const MOST_BYTES = 256 * 1024 * 1024;

/** In milliseconds: for the program to listen, and for one answer. */
const PATIENCE = { start: 20_000, answer: 30_000 } as const;

/** Starts a program that serves HTTP on a socket in a folder which is ours alone. */
export async function serve(
  cwd: string,
  command: string,
  argsFor: (socket: string) => readonly string[],
): Promise<ServedProgram> {
  const folder = join(tmpdir(), `rem-secrets-${random()}${random()}`);
  const socket = join(folder, 's');
  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'sh', folder, command, ...argsFor(socket)], {
    cwd,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  keeper.on('error', () => {}); // Without a shell its output ends at once.
  keeper.stdin.on('error', () => {});
  const stop = (): void => void keeper.stdin.destroy();
  try {
    await listening(keeper, command);
  } catch (error) {
    stop();
    throw error;
  }
  keeper.unref();
  return { get: (path, accept) => get(socket, path, accept), stop };
}

/** Waits for its first output on stdout; the last line on stderr says why there is none. */
function listening(
  { stdout, stderr }: ChildProcessByStdio<Writable, Readable, Readable>,
  command: string,
): Promise<void> {
  let said = '';
  const why = (): HostError => {
    const [line = ''] = said.trim().split('\n').slice(-1);
    return new HostError(
      `${command} does not serve${line === '' ? '' : `: ${line.slice(0, 400)}`}`,
    );
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(why()), PATIENCE.start);
    stderr.setEncoding('utf8').on('data', text => {
      said = `${said}${text}`.slice(-2000);
    });
    stderr.on('close', () => reject(why()));
    stdout.once('data', () => resolve());
    stdout.on('close', () => clearTimeout(timer));
    stdout.once('data', () => clearTimeout(timer));
  });
}

/** The answer, whatever its status; one that does not come, or is too large, is an error. */
function get(socketPath: string, path: string, accept: string): Promise<HttpAnswer> {
  const options = {
    socketPath,
    path,
    headers: { accept, host: 'localhost' },
    signal: AbortSignal.timeout(PATIENCE.answer),
  };
  return new Promise((resolve, reject) => {
    const refuse = ({ message }: Error): void => reject(new HostError(message));
    const asked = request(options, response => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MOST_BYTES) asked.destroy(new Error('the answer is larger than 256 MiB'));
        else chunks.push(chunk);
      });
      response.on('error', refuse);
      response.on('end', () => {
        const { date } = response.headers;
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, text, ...(date !== undefined && { date }) });
      });
    });
    asked.on('error', refuse);
    asked.end();
  });
}

/** Whoever guesses a name can only stop us, as `mkdir` fails where a folder is. */
function random(): string {
  return Math.random().toString(36).slice(2);
}
