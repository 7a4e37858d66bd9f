import { fstatSync, readSync, statSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cannot, type Host, isSystemError, type Stream, writing } from '../core/host.ts';
import { attempt } from '../core/json.ts';
import { oneLine, printable, shownLines } from '../report/text.ts';

/** Prints a result: one that cannot be handed over is an error. */
export function print(text: string): void {
  writing('to stdout', () => write(1, text));
}

/** A machine that prints nothing but what can be seen. */
export function printing(host: Host): Host {
  return { ...host, stdout: text => host.stdout(printable(text, host.hasColors('stdout'))) };
}

/** Writes to stderr. If that fails there is nobody to tell, and the exit code stays. */
export function tell(text: string): void {
  tellShown(shownLines(text));
}

/** The same for a report, which has colours. */
export function tellReport(text: string): void {
  tellShown(printable(text, hasColors('stderr')));
}

/** The same for text that moves the cursor itself. */
export function tellShown(text: string): void {
  try {
    write(2, text);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

export function readStdin(): Buffer {
  const chunks: Buffer[] = [];
  try {
    for (let length = -1; length !== 0; ) {
      const chunk = Buffer.allocUnsafe(1 << 16);
      length = whenReady(() => readSync(0, chunk));
      chunks.push(chunk.subarray(0, length));
    }
  } catch (error) {
    throw cannot('read', 'stdin', error);
  }
  return Buffer.concat(chunks);
}

/** Writes at once: Node's streams start slower than most runs print. A reader that has gone (`| head`) gets no more. */
function write(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  try {
    for (let written = 0; written < bytes.length; )
      written += whenReady(() => writeSync(fd, bytes, written));
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EPIPE') throw error;
  }
}

/** Tries again while a non-blocking pipe is full, or still empty. */
function whenReady(use: () => number): number {
  for (;;) {
    try {
      return use();
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'EAGAIN') throw error;
      sleep(1);
    }
  }
}

/** Whether a stream is a terminal with colours, and they are wanted (https://no-color.org). */
export function hasColors(stream: Stream): boolean {
  return (process.env['NO_COLOR'] ?? '') === '' && hasLines(stream);
}

/** Whether a stream is a terminal that can clear a line. */
export function hasLines(stream: Stream): boolean {
  return process.env['TERM'] !== 'dumb' && isTerminal(stream === 'stdout' ? 1 : 2);
}

/** A terminal is a device. node:tty is loaded only then: it takes a tenth of a short run. */
function isTerminal(fd: number): boolean {
  const stats = attempt(() => fstatSync(fd)); // Undefined: the stream is closed.
  if (stats?.isCharacterDevice() !== true || stats.rdev === statSync('/dev/null').rdev)
    return false;
  return createRequire(import.meta.filename)('node:tty').isatty(fd);
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Handles the signals that end a run, until the returned function is called. */
export function onSignals(handle: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of SIGNALS) process.on(signal, handle);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
}

/** Waits, and nothing of this thread runs meanwhile. */
export function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Shows people at a terminal what a long run does, on a line that goes away. */
export interface Progress {
  readonly reads: (path: string) => void;
  readonly says: (text: string) => void;
  /** Clears the line, as something else is printed. */
  readonly clear: () => void;
}

interface ProgressLine {
  /** Whether people see it: called once, and only in a long run. */
  readonly isSeen: () => boolean;
  readonly write: (text: string) => void;
  readonly elapsed: () => number;
}

/** In milliseconds: a run that is over sooner shows nothing. */
const LONG = 2000;
/** In milliseconds, from one change of the line to the next. */
const PAUSE = 100;
/** A line that is wider than the terminal could not be cleared. */
const WIDTH = 79;
/** Carriage return, and Erase in Line (ECMA-48). */
const CLEAR = '\r\u001b[2K';

/** The progress of one run, which begins with nothing on the line. */
export function progressOn({ isSeen, write, elapsed }: ProgressLine): Progress {
  let [files, last, isShown, isOn] = [0, LONG - PAUSE, undefined as boolean | undefined, false];
  const show = (text: string): void => {
    const now = elapsed();
    if (isShown === false || now < last + PAUSE) return;
    isShown ??= isSeen();
    if (!isShown) return;
    [last, isOn] = [now, true];
    write(`${CLEAR}${shortened(oneLine(text))}`);
  };
  return {
    reads: path => {
      files += 1;
      show(`${files} files read: ${path}`);
    },
    says: show,
    clear: () => {
      if (isOn) write(CLEAR);
      isOn = false;
    },
  };
}

/** The beginning and the end tell more than the middle. */
function shortened(text: string): string {
  if (text.length <= WIDTH) return text;
  return `${text.slice(0, 24)} … ${text.slice(-(WIDTH - 27))}`;
}
