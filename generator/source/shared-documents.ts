import { documentTexts } from './document-texts.ts';
import { type Outcome, ok } from './finding.ts';
import { parseStream } from './yaml-text.ts';

/** Reads streams of manifests. */
export type ParseStream = (text: string) => Outcome<readonly unknown[]>;

/**
 * Reads streams that have many documents in common, as two revisions of a repository do, all at
 * once: the same text gives the very same value. V8 makes the parser's code fast for one call; each
 * further call takes about half as long again. A stream that cannot be taken apart safely is read
 * by itself, and so is each when one is broken.
 */
export function sharedDocuments(texts: readonly string[]): ParseStream {
  const known = valuesOf(new Set(texts.flatMap(text => partsOf(text) ?? [])));
  return text => {
    const parts = partsOf(text);
    const isKnown = parts?.every(part => known.has(part)) === true;
    return isKnown ? ok(parts.map(part => known.get(part))) : parseStream(text);
  };
}

/** The documents' texts. How a stream ends can matter to its last value, so it ends with a line. */
function partsOf(text: string): string[] | undefined {
  if (!text.endsWith('\n')) return undefined;
  return documentTexts(text)?.map(document => document.text);
}

/** The values of documents by their texts; none where one turns out to be broken, or several. */
function valuesOf(parts: ReadonlySet<string>): Map<string, unknown> {
  const { value } = parseStream([...parts].map(part => `---\n${part}`).join(''));
  if (value?.length !== parts.size) return new Map();
  return new Map([...parts].map((part, index) => [part, value[index]]));
}
