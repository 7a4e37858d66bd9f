import type { KeySet } from '../model/model.ts';
import { isMap } from '../spec/merge-environment.ts';
import type { JsonObject } from '../spec/spec.ts';
import type { DataFromEntry, ExternalSecret, WrittenSecret } from './external-secrets.ts';
import { listAt, mapAt, textAt } from './item.ts';

/** The keys of the Secret that an entry copies; undefined when they are not known. */
type CopiedKeys = (entry: DataFromEntry) => Iterable<string> | undefined;

/** The keys that ESO's generators give (1.3.2). */
const GENERATOR_KEYS: Readonly<Record<string, readonly string[]>> = {
  Password: ['password'],
  UUID: ['uuid'],
  SSHKey: ['privateKey', 'publicKey'],
};

/** An ExternalSecret with the keys that it fetches, and those that its template leaves. */
export function withKeys(secret: WrittenSecret, copiedKeys: CopiedKeys): ExternalSecret {
  const fetched = fetchedKeys(secret, copiedKeys);
  const keys = resultKeys(mapAt(secret.spec, 'target', 'template'), fetched);
  return { ...secret, fetched, keys };
}

function fetchedKeys({ data, dataFrom }: WrittenSecret, copiedKeys: CopiedKeys): KeySet {
  const keys = new Set(data.map(entry => entry.secretKey));
  let isOpen = false;
  for (const entry of dataFrom) {
    const found = dataFromKeys(entry, copiedKeys);
    if (found === undefined) isOpen = true;
    for (const key of found ?? []) keys.add(key);
  }
  return { keys, isOpen };
}

function dataFromKeys(entry: DataFromEntry, copiedKeys: CopiedKeys): Iterable<string> | undefined {
  const { spec, generator } = entry;
  if (spec['rewrite'] !== undefined) return undefined;
  return generator === undefined ? copiedKeys(entry) : GENERATOR_KEYS[generator.kind];
}

/** Replace, the default, leaves only what the template makes; a template without data changes nothing. */
function resultKeys(template: JsonObject, fetched: KeySet): KeySet {
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
  const isText = source['literal'] !== undefined;
  if (isText || items.some(item => item['templateAs'] === 'KeysAndValues')) return undefined;
  return items.map(item => String(item['key'] ?? ''));
}
