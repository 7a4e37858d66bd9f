import { withValueAt } from '../../ground/changed-value.ts';
import { fieldOf, type Path } from '../../ground/finding.ts';
import {
  isMap,
  type Json,
  type JsonObject,
  scalarText,
  textAt,
  valueAt,
} from '../../ground/json.ts';
import { type Followed, reloadList, reloadLists } from '../../kinds/reloader/watch.ts';
import type { Injected } from './record.ts';
import type { Wanted } from './wanted.ts';

/** What a workload is to be restarted for. */
export type Watched = Readonly<Record<Followed, readonly string[]>>;

/** The Secrets and ConfigMaps that something wanted reads. */
export function watchedOf({ env, envFrom, mounts }: Wanted): Watched {
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

/** Of several entries together. */
export function joinedWatch(all: readonly Watched[]): Watched {
  return {
    secret: unique(all.flatMap(({ secret }) => secret)),
    configmap: unique(all.flatMap(({ configmap }) => configmap)),
  };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].filter(name => name !== '').sort();
}

/** Merges names into Reloader's comma lists. */
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
    const names = namesAt(after, path);
    const added = watched[followed].filter(name => !names.includes(name));
    if (added.length === 0) continue;
    const before = scalarText(valueAt(after, path));
    after = withValueAt(after, path, [before, ...added].filter(text => text !== '').join(','));
    lists[fieldOf(path)] = added;
  }
  return { object: after, lists };
}

/** Takes names out of the lists again, and a list away that is left empty. */
export function reloadBefore(
  object: Json,
  lists: Injected['lists'],
  inPod: Path | undefined,
): Json {
  let before = object;
  for (const path of reloadLists(inPod)) {
    const field = fieldOf(path);
    const ours = new Set(Object.hasOwn(lists, field) ? lists[field] : []);
    const text = valueAt(before, path);
    if (ours.size === 0 || typeof text !== 'string') continue;
    const kept = text.split(',').filter(name => !ours.has(name.trim()));
    before = withoutEmpty(
      withValueAt(before, path, kept.length === 0 ? undefined : kept.join(',')),
      path.slice(0, -1),
    );
  }
  return before;
}

/** Without a map that is left empty. */
export function withoutEmpty(object: Json, path: Path): Json {
  const value = valueAt(object, path);
  const isEmpty = isMap(value) && Object.keys(value).length === 0;
  return isEmpty ? withValueAt(object, path, undefined) : object;
}

function namesAt(object: Json | JsonObject, path: Path): string[] {
  return scalarText(valueAt(object, path))
    .split(',')
    .map(name => name.trim());
}
