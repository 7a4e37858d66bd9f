import { documentTexts } from './document-texts.ts';
import { type Outcome, ok } from './finding.ts';
import { parseStream } from './yaml-text.ts';

/** Reads streams of manifests. */
export type ParseStream = (text: string) => Outcome<readonly unknown[]>;

/**
 * Reads streams that have many documents in common, as two revisions of a repository do: a document
 * whose text has been read before is the very same value. What cannot be taken apart safely, or is
 * broken, is read as one stream.
 */
export function sharedDocuments(): ParseStream {
  const known = new Map<string, unknown>();
  return text => {
    const parts = (documentTexts(text) ?? []).map(document => document.text);
    const isRead =
      parts.length > 0 && parts.every(part => known.has(part) || readPart(part, known));
    return isRead ? ok(parts.map(part => known.get(part))) : parseStream(text);
  };
}

/** Reads a document; false where it turns out to be broken, or more than one. */
function readPart(part: string, known: Map<string, unknown>): boolean {
  const { value } = parseStream(part);
  if (value === undefined || value.length > 1) return false;
  known.set(part, value[0] ?? null);
  return true;
}
