import type { Host } from '../ground/host.ts';
import { refusalOf } from './inside.ts';
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
