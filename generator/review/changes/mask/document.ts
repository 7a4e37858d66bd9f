import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';
import type { Path } from '../../../ground/finding.ts';
import type { Json, JsonObject } from '../../../ground/json.ts';
import { mayHoldSecretName } from '../../../ground/mask/secret-name.ts';
import { readEvents } from '../../../ground/yaml/yaml-text.ts';

/** A longer text is no settings file, and is looked at line by line only. */
const LONGEST = 200_000;

/** A scalar of a YAML text, and where it stands there, without its quotes. */
interface Leaf {
  readonly path: Path;
  readonly start: number;
  readonly end: number;
}

/** How the parts of a document may be shown. */
interface Parts {
  /** What stands in place of a whole scalar; undefined: its own text, in which not all may show. */
  readonly hiddenAt: (document: Json, path: Path) => string | undefined;
  /** A scalar as it is written, or what stands between two: names, signs and comments. */
  readonly shownText: (text: string) => string;
}

/**
 * A YAML or JSON text as it may be shown, such as settings of a chart and the JSON of an
 * annotation: it goes by the names in it, as an object does, and keeps the way it is written.
 * undefined: the text is no such document.
 */
export function maskDocument(text: string, { hiddenAt, shownText }: Parts): string | undefined {
  const isLikely = /^\s{0,99}[{[]|[:-][ \t\n]/.test(text) && mayHoldSecretName(text);
  if (!isLikely || text.length > LONGEST) return undefined;
  const documents = documentsOf(text, readEvents(text).value ?? []);
  let [shown, from] = ['', 0];
  for (const { document, leaves } of documents) {
    for (const { path, start, end } of leaves) {
      const value = text.slice(start, end);
      const first = start + value.length - value.trimStart().length;
      const last = Math.max(first, end - (value.length - value.trimEnd().length));
      shown += shownText(text.slice(from, first));
      shown += hiddenAt(document, path) ?? shownText(text.slice(first, last));
      from = last;
    }
  }
  return documents.length === 0 ? undefined : shown + shownText(text.slice(from));
}

interface Document {
  readonly document: Json;
  readonly leaves: readonly Leaf[];
}

function documentsOf(text: string, events: readonly Event[]): Document[] {
  const reader = new LeafReader(text, events);
  const documents: Document[] = [];
  for (let document = reader.next(); document !== undefined; document = reader.next())
    documents.push(document);
  return documents;
}

/** Reads the parser's flat events. Scalars stay texts, and an alias is nothing: its anchor shows. */
class LeafReader {
  private at = 0;
  private leaves: Leaf[] = [];
  private readonly path: (string | number)[] = [];
  private readonly text: string;
  private readonly events: readonly Event[];

  constructor(text: string, events: readonly Event[]) {
    this.text = text;
    this.events = events;
  }

  next(): Document | undefined {
    while (this.at < this.events.length) {
      if (this.events[this.at++]?.type !== EVENT_ID.DOCUMENT) continue;
      this.leaves = [];
      const document = this.value();
      if (document !== undefined && typeof document !== 'string')
        return { document, leaves: this.leaves };
    }
    return undefined;
  }

  /** undefined: what is around it ends here. */
  private value(): Json | undefined {
    const event = this.events[this.at++];
    if (event === undefined || event.type === EVENT_ID.POP) return undefined;
    if (event.type === EVENT_ID.SEQUENCE) return this.items();
    if (event.type === EVENT_ID.MAPPING) return this.fields();
    if (event.type !== EVENT_ID.SCALAR) return null;
    if (event.valueStart >= 0)
      this.leaves.push({ path: [...this.path], start: event.valueStart, end: event.valueEnd });
    return event.valueStart < 0 ? '' : getScalarValue(this.text, event);
  }

  private items(): Json {
    const items: Json[] = [];
    for (;;) {
      this.path.push(items.length);
      const item = this.value();
      this.path.pop();
      if (item === undefined) return items;
      items.push(item);
    }
  }

  private fields(): Json {
    const fields: Record<string, Json> = Object.create(null);
    for (;;) {
      const count = this.leaves.length;
      const key = this.value();
      if (key === undefined) return fields as JsonObject;
      this.leaves.length = count;
      const name = typeof key === 'string' ? key : '';
      this.path.push(name);
      const value = this.value();
      this.path.pop();
      fields[name] = value ?? null;
    }
  }
}
