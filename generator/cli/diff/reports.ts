import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Host } from '../host.ts';

/** The reports cannot be written; the message says why. */
export class UnwritableReports extends Error {}

/** Writes reports into a folder, which is made if it is not there, in place of what is there. */
export function writeReports(
  folder: string,
  reports: readonly (readonly [file: string, text: string])[],
  host: Host,
): void {
  const path = resolve(host.cwd, folder);
  try {
    mkdirSync(path, { recursive: true });
    for (const [file, text] of reports) writeFileSync(join(path, file), text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new UnwritableReports(`cannot write the reports into ${folder}: ${reason}`);
  }
}
