import { fstatSync, type Stats, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { devNull } from 'node:os';
import type { Stream } from '../../ground/host.ts';

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
