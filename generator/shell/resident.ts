import type { ChildProcess } from 'node:child_process';
import type { Run } from '../core/host.ts';

/* Programs that stay, as they start slower than they answer. Each is asked one thing at a time, in JSON. */

interface Question {
  readonly command: string;
  readonly args: readonly string[];
  /** What it finds in place of the files on the disk. */
  readonly files?: ReadonlyMap<string, string | Uint8Array> | undefined;
  readonly start: () => ChildProcess;
  readonly stop: (child: ChildProcess) => void;
  /** In bytes: what a longer answer has is not read. */
  readonly output: number;
  /** In milliseconds, until the answer is there. */
  readonly patience: number;
}

/** Processes that wait to be asked, by their program. */
const idle = new Map<string, Set<ChildProcess>>();

/** Asks an idle process of the program, or a new one. Undefined: it went over a limit, or died of what it was asked. */
export async function answered(question: Question): Promise<Run | undefined> {
  const waiting = idle.get(question.command) ?? new Set();
  idle.set(question.command, waiting);
  const [child = started(question, waiting)] = waiting;
  waiting.delete(child);
  // It did not start, as where too many files are open: then it has no streams either.
  if (child.pid === undefined) return undefined;
  keepsUs(child, true);
  const answer = await answerOf(child, question);
  keepsUs(child, false);
  if (answer === undefined) question.stop(child);
  else waiting.add(child);
  return answer;
}

function started({ start }: Question, waiting: Set<ChildProcess>): ChildProcess {
  const child = start();
  const forget = (): void => void waiting.delete(child);
  child.on('error', forget);
  child.on('exit', forget);
  child.stdin?.on('error', forget);
  child.stderr?.resume(); // Why it dies does not matter.
  return child;
}

/** Sets whether we go on as long as the process does. */
function keepsUs(child: ChildProcess, isAsked: boolean): void {
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) {
    if (handle === null || !('ref' in handle && 'unref' in handle)) continue;
    const set = isAsked ? handle.ref : handle.unref;
    if (typeof set === 'function') set.call(handle);
  }
}

function answerOf(child: ChildProcess, question: Question): Promise<Run | undefined> {
  const { stdin, stdout } = child;
  const chunks: Buffer[] = [];
  let [length, awaited] = [0, 1];
  return new Promise(resolve => {
    const end = (answer?: Run): void => {
      clearTimeout(timer);
      child.off('error', fail).off('close', fail);
      stdout?.off('data', take);
      resolve(answer);
    };
    const fail = (): void => end();
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      length += chunk.length;
      if (length < awaited) return;
      const bytes = Buffer.concat(chunks);
      const parts = partsOf(bytes);
      awaited = parts?.end ?? Number.POSITIVE_INFINITY;
      if (parts === undefined || awaited > question.output) fail();
      else if (length >= awaited)
        end({
          status: parts.status,
          stdout: bytes.toString('utf8', parts.stdout, parts.stderr),
          stderr: bytes.toString('utf8', parts.stderr, parts.end),
        });
    };
    const timer = setTimeout(fail, question.patience);
    child.on('error', fail).on('close', fail);
    stdout?.on('data', take);
    stdin?.write(`${JSON.stringify(requestOf(question))}\n`);
  });
}

/** Files may have any bytes. */
function requestOf({ args, files }: Question) {
  if (files === undefined) return { args };
  const bytes = [...files].map(([path, content]) => [
    path,
    Buffer.from(content).toString('base64'),
  ]);
  return { args, files: Object.fromEntries(bytes) };
}

interface Parts {
  readonly status: 'ok' | 'failed';
  /** Where in the answer stdout begins, where stderr, and where the answer ends. */
  readonly stdout: number;
  readonly stderr: number;
  readonly end: number;
}

/** Reads the line that an answer begins with. It comes at once, as it is short. */
function partsOf(answer: Buffer): Parts | undefined {
  const [line, status, out, err] =
    /^(ok|failed) (\d{1,12}) (\d{1,12})\n/.exec(answer.toString('latin1', 0, 40)) ?? [];
  if (line === undefined) return undefined;
  const stderr = line.length + Number(out);
  return {
    status: status === 'ok' ? 'ok' : 'failed',
    stdout: line.length,
    stderr,
    end: stderr + Number(err),
  };
}
