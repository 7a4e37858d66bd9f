import { isUtf8 } from 'node:buffer';
import type { Host } from '../ground/host.ts';
import { isInside, LEADS_OUT, refusalOf, rootOf } from './inside.ts';
import { whyNotRead } from './manifest-source.ts';

/** In bytes: what people write by hand is smaller. */
const MOST_BYTES = 1024 * 1024;

/** The bytes of a spec or of settings, or in a sentence why they are not read. */
export function readSettingsFile(file: string, host: Host): Uint8Array | string {
  if (host.kindOf(file) === undefined) return `there is no file ${file}`;
  const refusal = refusalOf(file, host);
  if (refusal !== undefined) return refusal;
  if (host.isFolder(file)) return `${file} is a folder`;
  if (host.sizeOf(file) > MOST_BYTES) return `${file} is larger than 1 MiB`;
  try {
    return host.readFile(file);
  } catch (error) {
    return `${file} cannot be read: ${whyNotRead(error)}`;
  }
}

/** The text of a file that a spec names, or in a sentence why it is not read. */
type TextBeside =
  | { readonly text: string; readonly reason?: undefined }
  | { readonly text?: undefined; readonly reason: string };

/** Reads what a spec names: nothing outside of the repository that the spec's folder is in. */
export function textBeside(file: string, folder: string, host: Host): TextBeside {
  if (leadsOut(file, folder, host)) return { reason: `${file} ${LEADS_OUT}` };
  const bytes = readSettingsFile(file, host);
  if (typeof bytes === 'string') return { reason: bytes };
  return isUtf8(bytes)
    ? { text: new TextDecoder().decode(bytes) }
    : { reason: `${file} is not UTF-8` };
}

/** Whether there is something at a path that is not in the repository of a folder. */
export function leadsOut(path: string, folder: string, host: Host): boolean {
  if (host.kindOf(path) === undefined) return false;
  const root = rootOf(folder, host);
  return root === undefined || !isInside(root, path, host);
}
