import { isMap, type JsonObject, listAt, mapAt, scalarText, textAt } from '../../ground/json.ts';
import type { KeySet } from '../secret-ends.ts';
import type { DataFromEntry, ExternalSecret, WrittenSecret } from './external-secret-spec.ts';
import { rewrittenKeys } from './rewritten-keys.ts';

/** The keys that an entry's source gives; undefined when they are not known. */
type SourceKeys = (entry: DataFromEntry) => Iterable<string> | undefined;

/** An ExternalSecret with the keys that it fetches, and those that its template leaves. */
export function withKeys(secret: WrittenSecret, sourceKeys: SourceKeys): ExternalSecret {
  const fetched = fetchedKeys(secret, sourceKeys);
  const keys = resultKeys(mapAt(secret.spec, 'target', 'template'), fetched);
  // New fields first: on Node 20 the other order gives each object a hidden class of its own.
  return { fetched, keys, ...secret };
}

function fetchedKeys({ dataKeys, dataFrom }: WrittenSecret, sourceKeys: SourceKeys): KeySet {
  if (dataFrom.length === 0) return { keys: dataKeys, isOpen: false };
  const keys = new Set(dataKeys);
  let isOpen = false;
  for (const entry of dataFrom) {
    const found = rewrittenKeys(sourceKeys(entry), entry.spec['rewrite']);
    if (found === undefined) isOpen = true;
    for (const key of found ?? []) keys.add(key);
  }
  return { keys, isOpen };
}

/** Replace, the default, leaves only what the template makes; a template without data changes nothing. */
export function resultKeys(template: JsonObject, fetched: KeySet): KeySet {
  const data = Object.keys(mapAt(template, 'data'));
  const from = listAt(template, 'templateFrom').filter(isMap);
  if (data.length === 0 && from.length === 0) return fetched;
  const made = from.map(templateFromKeys);
  const keys = new Set([...data, ...made.flatMap(found => found ?? [])]);
  const isOpen = made.includes(undefined) || [...keys].some(key => key.includes('{{'));
  if (textAt(template, 'mergePolicy') !== 'Merge') return { keys, isOpen };
  return { keys: new Set([...fetched.keys, ...keys]), isOpen: isOpen || fetched.isOpen };
}

/** A file of templates is one key named like it, unless it holds keys and values. */
function templateFromKeys(source: JsonObject): readonly string[] | undefined {
  const { target = 'Data' } = source;
  if (target === 'Annotations' || target === 'Labels') return [];
  const items = [
    ...listAt(source, 'configMap', 'items'),
    ...listAt(source, 'secret', 'items'),
  ].filter(isMap);
  if (target !== 'Data' || items.some(item => item['templateAs'] === 'KeysAndValues'))
    return undefined;
  const literal = source['literal'];
  const own = literal === undefined ? [] : literalKeys(String(literal));
  return own && [...own, ...items.map(item => scalarText(item['key']))];
}

/** A line of a map at its outermost level, and one that says nothing of its keys. */
const LINE = /^(?:"([-.\w]+)"|'([-.\w]+)'|([-.\w]+))[ \t]*:(?:\s|$)/;
const OTHER_LINE = /^(?:\s.*|#.*|---.*|)$/;

/** A text of keys and values; undefined where branches or whole lines of it are filled in. */
function literalKeys(text: string): string[] | undefined {
  const hasBranches = /\{\{-?\s*(?:range|if|with|else|end|define|block|template)\b/.test(text);
  const lines = text.split('\n').map(line => line.replace(/\r$/, ''));
  const others = lines.filter(line => !LINE.test(line));
  if (hasBranches || others.some(line => !OTHER_LINE.test(line) || isFilledIn(line)))
    return undefined;
  return lines.flatMap(line => {
    const [, double, single, plain] = LINE.exec(line) ?? [];
    return double ?? single ?? plain ?? [];
  });
}

/** An action that is a line of its own may make more of them. */
function isFilledIn(line: string): boolean {
  return line.trimStart().startsWith('{{');
}
