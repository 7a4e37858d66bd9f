import { type Outcome, ok } from '../finding.ts';
import { documentTexts } from './document-texts.ts';
import { parseStream } from './yaml-text.ts';

/** Reads streams of manifests. */
export type ParseStream = (text: string) => Outcome<readonly unknown[]>;

/**
 * Reads streams that have many documents in common, as two revisions of a repository do: the same
 * text gives the very same value. A stream that cannot be taken apart safely is read as a whole, and
 * so is one with a broken document.
 */
export function sharedDocuments(): ParseStream {
  const known = new Map<string, readonly unknown[] | undefined>();
  const read = (part: string): readonly unknown[] | undefined => {
    const before = known.get(part);
    if (before !== undefined) return before;
    const value = onlyValue(part);
    known.set(part, value);
    return value;
  };
  return text => {
    const values = partsOf(text)?.map(read);
    return values?.every(value => value !== undefined) ? ok(values.flat(1)) : parseStream(text);
  };
}

/** The documents' texts. How a stream ends can matter to its last value, so it ends with a line. */
function partsOf(text: string): string[] | undefined {
  if (!text.endsWith('\n')) return undefined;
  return documentTexts(text)?.map(document => document.text);
}

/** What is between two markers is a document, whatever it holds. */
const EMPTY: readonly unknown[] = [null];

/** The value of a document, in a list; undefined where it turns out to be broken, or several. */
function onlyValue(part: string): readonly unknown[] | undefined {
  const { value } = parseStream(part);
  if (value?.length === 0) return EMPTY;
  return value?.length === 1 ? value : undefined;
}
