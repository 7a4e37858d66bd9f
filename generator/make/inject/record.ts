import {
  isMap,
  type Json,
  type JsonObject,
  listAt,
  mapAt,
  parsedJson,
  stableText,
} from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { annotationsOf } from '../../ground/kube-object.ts';
import type { Named } from '../spec/named.ts';

/** What injections have put into an object, by their names: in one annotation of the object, as JSON. */
export const RECORD = 'rem-secrets.io/injected';

/** What one injection has put into an object. Names and references alone: no value is ever kept. */
export interface Injected {
  readonly containers: Named<InjectedContainer>;
  readonly volumes: readonly string[];
  /** By the annotation's path, as `fieldOf` writes it. */
  readonly lists: Named<readonly string[]>;
}

/** What it has put into a container. */
export interface InjectedContainer {
  readonly env: readonly string[];
  /**
   * What variables had before they were replaced: their `valueFrom`, or, for a text, which is not kept, what
   * tells ours from one that somebody has written since.
   */
  readonly was: Named<JsonObject | string>;
  readonly envFrom: readonly JsonObject[];
  readonly mounts: readonly string[];
}

/** Nothing is put into a container. */
export const nothingInContainer: InjectedContainer = { env: [], was: {}, envFrom: [], mounts: [] };

/** The records of all injections; undefined: the annotation is there and says nothing that can be read. */
export function recordsOf(object: KubeObject): Named<JsonObject> | undefined {
  const text = annotationsOf(object)[RECORD];
  if (text === undefined) return {};
  const value = parsedJson(String(text));
  const isRecords = isMap(value) && Object.values(value).every(isMap);
  return isRecords ? (value as Named<JsonObject>) : undefined;
}

/** One of them. What is not as we write it is passed over. */
export function recordIn(records: Named<JsonObject>, name: string): Injected {
  const json = Object.hasOwn(records, name) ? records[name] : undefined;
  const containers = Object.entries(mapAt(json, 'containers')).map(
    ([container, own]) => [container, containerIn(own)] as const,
  );
  const lists = Object.entries(mapAt(json, 'lists')).map(
    ([path]) => [path, textsAt(json, 'lists', path)] as const,
  );
  return {
    containers: Object.fromEntries(containers),
    volumes: textsAt(json, 'volumes'),
    lists: Object.fromEntries(lists),
  };
}

function containerIn(json: Json): InjectedContainer {
  const was = Object.entries(mapAt(json, 'was')).flatMap(
    ([name, before]): [string, JsonObject | string][] =>
      isMap(before) || typeof before === 'string' ? [[name, before]] : [],
  );
  return {
    env: textsAt(json, 'env'),
    was: Object.fromEntries(was),
    envFrom: listAt(json, 'envFrom').filter(isMap),
    mounts: textsAt(json, 'mounts'),
  };
}

function textsAt(json: unknown, ...fields: readonly string[]): string[] {
  return listAt(json, ...fields).filter(text => typeof text === 'string');
}

/** The annotation's text with one record put in, or taken out where it is empty; undefined: none is left. */
export function recordText(
  records: Named<JsonObject>,
  name: string,
  record: Injected,
): string | undefined {
  const { [name]: _, ...others } = records;
  const json = compact(record as unknown as JsonObject);
  const all = json === undefined ? others : { ...others, [name]: json };
  return Object.keys(all).length === 0 ? undefined : stableText(all);
}

/** Without what is empty. */
function compact(value: Json): Json | undefined {
  if (!isMap(value)) return Array.isArray(value) && value.length === 0 ? undefined : value;
  const entries = Object.entries(value).flatMap(([name, inner]): [string, Json][] => {
    const kept = compact(inner);
    return kept === undefined ? [] : [[name, kept]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
