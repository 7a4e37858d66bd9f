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
    const parts = documentTexts(text)?.map(document => document.text) ?? [];
    // How a text ends can matter to its last value.
    const isRead = parts.length > 0 && text.endsWith('\n') && readParts(parts, known);
    return isRead ? ok(parts.map(part => known.get(part))) : parseStream(text);
  };
}

/**
 * Reads the documents that are not known yet, all at once: to start the parser for each takes longer
 * than to read it. False where one turns out to be broken, or more than one.
 */
function readParts(parts: readonly string[], known: Map<string, unknown>): boolean {
  const unread = [...new Set(parts)].filter(part => !known.has(part));
  const { value } = parseStream(unread.map(part => `---\n${part}`).join(''));
  if (value?.length !== unread.length) return false;
  for (const [index, part] of unread.entries()) known.set(part, value[index]);
  return true;
}
