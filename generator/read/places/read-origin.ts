import type { Host } from '../../ground/host.ts';
import type { SourceFile } from '../../ground/locate.ts';
import { isNamedFile } from '../inside.ts';
import { textOf } from '../text-of.ts';

/** Larger files hold no manifests that are worth a line number. */
const MOST_BYTES = 20 * 1024 * 1024;

/** A file that an object says it comes from: anybody can write that, so it has to be where its name says. */
export function readOrigin(file: string, host: Host): SourceFile | undefined {
  if (!isNamedFile(file, host) || host.sizeOf(file) > MOST_BYTES) return undefined;
  return { file, text: textOf(file, host) };
}
