import { join } from 'node:path';
import type { Host } from '../../ground/host.ts';
import { isSystemError } from '../../ground/host-error.ts';
import { parsedJson } from '../../ground/json.ts';
import { type Dump, dumpOf } from '../../operate/doctor/dump.ts';
import { type DumpDocument, dumpDocument } from '../../operate/doctor/dump-documents.ts';
import { oneLine } from '../../report/one-line.ts';
import { wrongUsage } from '../usage.ts';

/** All pods of a large cluster are smaller. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Reads what `kubectl get -o json` wrote into a folder, and says what of it is none. */
export function readDump(folder: string, host: Host): Dump {
  if (host.kindOf(folder) !== 'folder') wrongUsage(`there is no folder ${folder}`);
  const files = host.listFiles(folder).sort();
  const documents = files.flatMap(file => {
    const document = documentOf(join(folder, file), host);
    if (typeof document !== 'string') return document;
    host.stderr(`rem-secrets: ${oneLine(file)} is left out: ${document}\n`);
    return [];
  });
  if (documents.length === 0) wrongUsage(`there is no dump of kubectl in ${folder}`);
  return dumpOf(documents);
}

/** What a file holds, or why it counts for nothing; its text goes no further. */
function documentOf(file: string, host: Host): DumpDocument | string {
  if (host.sizeOf(file) > MOST_BYTES) return 'it is larger than 512 MiB';
  try {
    const parsed = parsedJson(new TextDecoder().decode(host.readFile(file)));
    if (parsed === undefined) return 'it is no JSON';
    return dumpDocument(parsed) ?? 'it has no Kubernetes object';
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return 'it cannot be read';
  }
}
