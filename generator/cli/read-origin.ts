import type { SourceFile } from '../source/locate.ts';
import type { Host } from './host.ts';
import { textOf } from './text-of.ts';

/** Larger files hold no manifests that are worth a line number. */
const MOST_BYTES = 20 * 1024 * 1024;

/**
 * A file that an object says it comes from. Anybody can write that: what is no file is not read. A
 * device and a pipe have no size, and may have no end.
 */
export function readOrigin(file: string, host: Host): SourceFile | undefined {
  if (!host.exists(file) || host.isFolder(file)) return undefined;
  const size = host.sizeOf(file);
  return size === 0 || size > MOST_BYTES ? undefined : { file, text: textOf(file, host) };
}
