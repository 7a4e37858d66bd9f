import type { SourceFile } from '../source/locate.ts';
import type { Host } from './host.ts';
import { within } from './inside.ts';
import { textOf } from './text-of.ts';

/** Larger files hold no manifests that are worth a line number. */
const MOST_BYTES = 20 * 1024 * 1024;

/** A file of this repository that an object says it comes from. Anybody can write that. */
export function readOrigin(file: string, host: Host): SourceFile | undefined {
  if (within('.', host).kindOf(file) !== 'file' || host.sizeOf(file) > MOST_BYTES) return undefined;
  return { file, text: textOf(file, host) };
}
