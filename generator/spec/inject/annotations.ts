import { fieldOf, type Path } from '../../core/finding.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import {
  fieldsThroughout,
  isMap,
  listAt,
  parsedJson,
  scalarText,
  stableText,
  textAt,
  valueAt,
  withValueAt,
} from '../../core/json.ts';
import { annotationsOf, type KubeObject } from '../../core/kube-object.ts';
import { type Followed, reloadList, reloadLists } from '../../kinds/reloader.ts';
import type { Named } from '../spec.ts';
import type { Additions } from './additions.ts';

/** What injections have put into an object, by their names: in one annotation of the object, as JSON. */
export const RECORD = 'rem-secrets.io/injected';

/** What one injection has put into an object. Names and references alone: no value is ever kept. */
export interface Injected {
  readonly containers: Named<InjectedContainer>;
  readonly volumes: readonly string[];
  /** The names added to Reloader's lists, by the path of the annotation (as `fieldOf` writes it). */
  readonly lists: Named<readonly string[]>;
}

export interface InjectedContainer {
  readonly env: readonly string[];
  /** What stood in place of a replaced variable: its `valueFrom`; of a text only a hash of the injected variable. */
  readonly was: Named<JsonObject | string>;
  readonly envFrom: readonly JsonObject[];
  readonly mounts: readonly string[];
}

/** The records of all injections; undefined: the annotation cannot be read. */
export function recordsOf(object: KubeObject): Named<JsonObject> | undefined {
  const text = annotationsOf(object)[RECORD];
  if (text === undefined) return {};
  const value = parsedJson(scalarText(text));
  const isRecords = isMap(value) && Object.values(value).every(isMap);
  return isRecords ? (value as Named<JsonObject>) : undefined;
}

export function textsAt(json: unknown, ...fields: readonly string[]): string[] {
  return listAt(json, ...fields).filter(text => typeof text === 'string');
}

/** The annotation's text with this record, or without it if it is empty. Undefined: no record is left. */
export function recordText(
  records: Named<JsonObject>,
  name: string,
  record: Injected,
): string | undefined {
  const written = { ...records, [name]: record } as unknown as JsonObject;
  const all = fieldsThroughout(written, field => !isEmpty(field));
  return isEmpty(all) ? undefined : stableText(all);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

export type Watched = Readonly<Record<Followed, readonly string[]>>;

/** The Secrets and ConfigMaps that variables and mounts read. */
export function watchedOf({ env, envFrom, mounts }: Additions): Watched {
  const refs = [
    ...env.map(({ variable }) => variable['valueFrom'] ?? null),
    ...envFrom.map(({ source }) => source),
    ...mounts.map(({ volume }) => volume),
  ];
  const names = (fields: readonly string[], name = 'name'): string[] =>
    refs.flatMap(ref => fields.map(field => textAt(ref, field, name) ?? ''));
  return {
    secret: unique([...names(['secretKeyRef', 'secretRef']), ...names(['secret'], 'secretName')]),
    configmap: unique(names(['configMapKeyRef', 'configMapRef', 'configMap'])),
  };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].filter(name => name !== '').sort();
}

export function reloadAfter(
  object: Json,
  watched: Watched,
  inPod: Path | undefined,
): { readonly object: Json; readonly lists: Injected['lists'] } {
  let after = object;
  const lists: Record<string, readonly string[]> = {};
  for (const followed of ['secret', 'configmap'] as const) {
    const path = reloadList(after, followed, inPod);
    if (path === undefined) continue;
    const before = scalarText(valueAt(after, path));
    const names = before.split(',').map(name => name.trim());
    const added = watched[followed].filter(name => !names.includes(name));
    if (added.length === 0) continue;
    after = withValueAt(after, path, [before, ...added].filter(text => text !== '').join(','));
    lists[fieldOf(path)] = added;
  }
  return { object: after, lists };
}

/** Takes recorded names out of Reloader's lists, and removes lists that are then empty. */
export function reloadBefore(object: Json, lists: JsonObject, inPod: Path | undefined): Json {
  let before = object;
  for (const path of reloadLists(inPod)) {
    const ours = new Set(textsAt(lists, fieldOf(path)));
    const text = textAt(before, ...path);
    if (ours.size === 0 || text === undefined) continue;
    const kept = text.split(',').filter(name => !ours.has(name.trim()));
    const left = kept.length === 0 ? undefined : kept.join(',');
    before = withoutEmpty(withValueAt(before, path, left), path.slice(0, -1));
  }
  return before;
}

/** The object without the map at a path, if that is empty. */
export function withoutEmpty(object: Json, path: Path): Json {
  return isEmpty(valueAt(object, path)) ? withValueAt(object, path, undefined) : object;
}
