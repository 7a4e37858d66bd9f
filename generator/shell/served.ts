import type { ChildProcess } from 'node:child_process';
// biome-ignore lint/style/noRestrictedImports: The proxy of kubectl listens on a socket of our own.
import { request } from 'node:http';
import { HostError, type HttpAnswer, type ServedProgram } from '../core/host.ts';

/** All pods of a large namespace take less. */
const MOST_BYTES = 256 * 1024 * 1024;

/** In milliseconds: for the program to listen, and for one answer. */
const PATIENCE = { start: 20_000, answer: 30_000 } as const;

interface Server {
  readonly command: string;
  readonly socket: string;
  readonly start: () => ChildProcess;
  readonly stop: (child: ChildProcess) => void;
}

/** Starts a program that serves HTTP on a socket which only we reach. */
export async function serve({ command, socket, start, stop }: Server): Promise<ServedProgram> {
  const child = start();
  try {
    await listening(child, command);
  } catch (error) {
    stop(child);
    throw error;
  }
  child.unref();
  return { get: (path, accept) => get(socket, path, accept), stop: () => stop(child) };
}

/** Waits for its first output on stdout; the last line on stderr says why there is none. */
function listening({ stdout, stderr }: ChildProcess, command: string): Promise<void> {
  let errorText = '';
  const why = (): HostError => {
    const [line = ''] = errorText.trim().split('\n').slice(-1);
    // The shell that starts it says so, in the words of each shell.
    if (/^(?:\S*\/)?sh: .{1,4000}: not found$/.test(line))
      return new HostError(`${command} is not installed`);
    const reason = line === '' ? '' : `: ${line.slice(0, 400)}`;
    return new HostError(`${command} does not serve${reason}`);
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(why()), PATIENCE.start);
    stderr?.setEncoding('utf8').on('data', text => {
      errorText = `${errorText}${text}`.slice(-2000);
    });
    stderr?.on('close', () => reject(why()));
    stdout?.once('data', () => resolve());
    stdout?.on('close', () => clearTimeout(timer));
    stdout?.once('data', () => clearTimeout(timer));
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
    const outgoing = request(options, response => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MOST_BYTES) outgoing.destroy(new Error('the answer is larger than 256 MiB'));
        else chunks.push(chunk);
      });
      response.on('error', refuse);
      response.on('end', () => {
        const { date } = response.headers;
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, text, ...(date !== undefined && { date }) });
      });
    });
    outgoing.on('error', refuse);
    outgoing.end();
  });
}
