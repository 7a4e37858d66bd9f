import { basename } from 'node:path';
import type { Host } from '../ground/host.ts';
import { cutName, plainName } from '../ground/plain-name.ts';

/** The name of the folder that the command runs in, as far as it can be one of an object; or else `other`. */
export function folderName(other: string, host: Host): string {
  const folder = basename(host.realPath('.') ?? host.cwd);
  // A Service, which may be named after it, begins with a letter.
  return cutName(plainName(folder).replace(/^[^a-z]+/, ''), LONGEST) || other;
}

/** Names that are made of it are longer: `NAME-db-app`. */
const LONGEST = 40;
