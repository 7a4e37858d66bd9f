import { fstatSync, readSync, type Stats, statSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { devNull } from 'node:os';
import type { Stream } from '../../ground/host.ts';
import { cannotRead, cannotWrite, isSystemError } from '../../ground/host-error.ts';
import { shownLines } from '../../report/one-line.ts';
import { sleep } from './sleep.ts';

/** Prints a result: one that cannot be handed over is an error. */
export function print(text: string): void {
  try {
    write(1, text);
  } catch (error) {
    throw cannotWrite('to stdout', error);
  }
}

/** Says something on stderr. Where that cannot be there is no one to tell, and the exit code stays. */
export function tell(text: string): void {
  tellShown(shownLines(text));
}

/** Says what a report has made fit to be shown, and painted. */
export function tellShown(text: string): void {
  try {
    write(2, text);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** All of stdin. */
export function readStdin(): Buffer {
  const chunks: Buffer[] = [];
  try {
    for (let length = -1; length !== 0; ) {
      const chunk = Buffer.allocUnsafe(1 << 16);
      length = whenReady(() => readSync(0, chunk));
      chunks.push(chunk.subarray(0, length));
    }
  } catch (error) {
    throw cannotRead('stdin', error);
  }
  return Buffer.concat(chunks);
}

/**
 * Writes at once: Node's streams take longer to start than most runs to print. A reader that has
 * gone, as in `| head`, gets nothing more.
 */
function write(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  try {
    for (let written = 0; written < bytes.length; )
      written += whenReady(() => writeSync(fd, bytes, written));
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EPIPE') throw error;
  }
}

/** A pipe that another program does not wait on says that it is full, or still empty. */
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

/** A terminal that can take back what stands on a line. */
export function hasLines(stream: Stream): boolean {
  return process.env['TERM'] !== 'dumb' && isTerminal(stream === 'stdout' ? 1 : 2);
}

/** A terminal is a device. node:tty is loaded only then: it takes a tenth of a short run. */
function isTerminal(fd: number): boolean {
  const stats = statsOf(fd);
  if (stats?.isCharacterDevice() !== true || stats.rdev === statSync(devNull).rdev) return false;
  return createRequire(import.meta.filename)('node:tty').isatty(fd);
}

/** Undefined: the stream is closed. */
function statsOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd);
  } catch {
    return undefined;
  }
}
