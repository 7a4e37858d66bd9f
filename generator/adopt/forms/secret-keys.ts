import { isMap, type Json, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { templateKeys } from '../../make/model/template.ts';
import type { FormContext } from './form.ts';
import { given, unless } from './given.ts';
import { behindPrefix } from './store.ts';

/** A way to say where the keys of a secret come from. */
interface KeysWay {
  readonly way: string;
  /** `keys`, `from` and `dataFrom` of the entry. */
  readonly keys: JsonObject;
}

/** The ways to say what an ExternalSecret fetches, the shortest first. */
export function entryKeys(
  object: PlacedObject,
  { stores }: FormContext,
  isGenerated: boolean,
): readonly KeysWay[] {
  const spec = specOf(object);
  const store = stores.get(textAt(spec, 'secretStoreRef', 'name') ?? '') ?? {};
  const data = listAt(spec, 'data').filter(isMap);
  const dataFrom = listAt(spec, 'dataFrom')
    .filter(isMap)
    .slice(isGenerated ? 1 : 0);
  const names = new Set(data.map(({ secretKey }) => secretKey));
  if (names.size < data.length) return [];
  const prefix = textAt(store, 'aws', 'prefix');
  const plain = given({
    keys: Object.fromEntries(
      data.map(entry => [String(entry['secretKey']), remote(entry, prefix)]),
    ),
    dataFrom: dataFrom.map(entry => dataFromEntry(entry, prefix)),
  });
  const isLocal = isMap(store['kubernetes']) || isMap(mapAt(store, 'provider')['kubernetes']);
  const from = isLocal ? fromWays(data, dataFrom, templatesOf(spec)) : [];
  return [...from, { way: 'keys', keys: plain }];
}

/** What a remote key says beside the defaults of the CRD; one that says no more is a text. */
function remote(entry: JsonObject, prefix: string | undefined): Json {
  const ref = mapAt(entry, 'remoteRef');
  const key = behindPrefix(textAt(ref, 'key') ?? '', prefix);
  const rest = remoteOptions(ref);
  return Object.keys(rest).length === 0 ? key : { key, ...rest };
}

function remoteOptions(ref: JsonObject): JsonObject {
  const { key: _, conversionStrategy, decodingStrategy, metadataPolicy, ...rest } = ref;
  return given({
    ...rest,
    conversionStrategy: unless(conversionStrategy, 'Default'),
    decodingStrategy: unless(decodingStrategy, 'None'),
    metadataPolicy: unless(metadataPolicy, 'None'),
  });
}

function dataFromEntry(entry: JsonObject, prefix: string | undefined): JsonObject {
  const { extract, find, rewrite, sourceRef } = entry;
  const path = textAt(find, 'path');
  return given({
    extract: isMap(extract)
      ? {
          key: behindPrefix(textAt(extract, 'key') ?? '', prefix),
          ...remoteOptions(extract),
        }
      : undefined,
    find: isMap(find)
      ? { ...find, ...(path !== undefined && { path: behindPrefix(path, prefix) }) }
      : undefined,
    generatorRef: mapAt(sourceRef, 'generatorRef'),
    rewrite,
  });
}

/** Fields of one other Secret, which a store of the cluster reads. */
function fromWays(
  data: readonly JsonObject[],
  dataFrom: readonly JsonObject[],
  templates: readonly string[],
): KeysWay[] {
  const refs = data.map(entry => mapAt(entry, 'remoteRef'));
  const extracted = dataFrom.map(({ extract }) => textAt(extract, 'key'));
  const [from, ...others] = new Set([...refs.map(ref => textAt(ref, 'key')), ...extracted]);
  if (from === undefined || others.length > 0) return [];
  if (data.length === 0) return dataFrom.length === 1 ? [{ way: 'from', keys: { from } }] : [];
  if (dataFrom.length > 0 || refs.some(ref => textAt(ref, 'property') === undefined)) return [];
  const keys = data.map((entry, index): [string, Json] => {
    const { property = '', ...rest } = remoteOptions(refs[index] ?? {});
    const isPlain = Object.keys(rest).length === 0;
    return [String(entry['secretKey']), isPlain ? property : { property, ...rest }];
  });
  const named = { way: 'from-keys', keys: { from, keys: Object.fromEntries(keys) } };
  const isUsed = keys.every(([key, property]) => key === property) && hasAll(templates, keys);
  return isUsed ? [{ way: 'from', keys: { from } }, named] : [named];
}

/** Whether templates read these keys and no others. */
function hasAll(templates: readonly string[], keys: readonly (readonly [string, Json])[]): boolean {
  const read = templates.map(templateKeys);
  const names = new Set(read.flatMap(found => found ?? []));
  return (
    !read.includes(undefined) && names.size === keys.length && keys.every(([key]) => names.has(key))
  );
}

function templatesOf(spec: JsonObject): string[] {
  return Object.values(mapAt(spec, 'target', 'template', 'data')).filter(
    text => typeof text === 'string',
  );
}
