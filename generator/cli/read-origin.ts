import { join } from 'node:path';
import type { SourceFile } from '../source/locate.ts';
import type { Host } from './host.ts';
import { isInside, rootOf } from './inside.ts';
import { textOf } from './text-of.ts';

/** Larger files hold no manifests that are worth a line number. */
const MOST_BYTES = 20 * 1024 * 1024;

/**
 * A file that an object says it comes from, which anybody can write: a regular one, and of this
 * repository. Where there is none, what kustomize builds may stand anywhere beside us.
 */
export function readOrigin(file: string, host: Host): SourceFile | undefined {
  const root = rootOf('.', host) ?? '/';
  const isOurs = !host.exists(join(root, '.git')) || isInside(root, file, host);
  if (!isOurs || host.kindOf(file) !== 'file' || host.sizeOf(file) > MOST_BYTES) return undefined;
  return { file, text: textOf(file, host) };
}
