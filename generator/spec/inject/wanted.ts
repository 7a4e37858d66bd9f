import type { Path } from '../../core/finding.ts';
import { type JsonObject, sortBy } from '../../core/json.ts';
import type { InjectedEnv, InjectedEnvFrom, InjectedMount, InjectionEntry } from '../spec.ts';

/** A variable that a container is to have. */
export interface WantedVariable {
  readonly name: string;
  /** As it stands in `env`. */
  readonly variable: JsonObject;
  /** It takes the place of one that is there with another value. */
  readonly isReplacing: boolean;
  /** What of the config asks for it. */
  readonly at: Path;
}

/** A source of variables that it is to have. */
export interface WantedSource {
  readonly source: JsonObject;
  /** Those that are there win over it. */
  readonly isFirst: boolean;
}

/** Files that it is to have. */
export interface WantedMount {
  readonly folder: string;
  /** A volume without its name. */
  readonly volume: JsonObject;
  readonly at: Path;
}

/** All that a container is to have. */
export interface Wanted {
  readonly env: readonly WantedVariable[];
  readonly envFrom: readonly WantedSource[];
  readonly mounts: readonly WantedMount[];
}

/** A container that is to have nothing. */
export const nothingWanted: Wanted = { env: [], envFrom: [], mounts: [] };

/** What an entry wants of each of its containers; the order of its names means nothing. */
export function wantedOf(name: string, entry: InjectionEntry): Wanted {
  const path = ['spec', 'workloads', name];
  const { env = {}, envFrom = [], mounts = {}, replace = false } = entry;
  return {
    env: sorted(env).map(([variable, value]) => ({
      name: variable,
      variable: { name: variable, ...contentOf(value) },
      isReplacing: replace,
      at: [...path, 'env', variable],
    })),
    envFrom: envFrom.map(sourceOf),
    mounts: sorted(mounts).map(([folder, mount]) => ({
      folder,
      volume: volumeOf(mount),
      at: [...path, 'mounts', folder],
    })),
  };
}

/** What several entries want of one container. */
export function wantedTogether(all: readonly Wanted[]): Wanted {
  return {
    env: all.flatMap(({ env }) => env),
    envFrom: all.flatMap(({ envFrom }) => envFrom),
    mounts: all.flatMap(({ mounts }) => mounts),
  };
}

function sorted<T>(named: Readonly<Record<string, T>>): [string, T][] {
  return sortBy(Object.entries(named), ([name]) => name);
}

function contentOf(value: string | InjectedEnv): JsonObject {
  if (typeof value === 'string') return { value };
  const { secret, configMap, key = '', optional, valueFrom } = value;
  if (valueFrom !== undefined) return { valueFrom };
  const ref = { name: secret ?? configMap ?? '', key, ...(optional !== undefined && { optional }) };
  return { valueFrom: secret === undefined ? { configMapKeyRef: ref } : { secretKeyRef: ref } };
}

function sourceOf(value: string | InjectedEnvFrom): WantedSource {
  if (typeof value === 'string') return { source: { secretRef: { name: value } }, isFirst: false };
  const { secret, configMap, prefix, optional, first = false } = value;
  const ref = { name: secret ?? configMap ?? '', ...(optional !== undefined && { optional }) };
  return {
    source: {
      ...(prefix !== undefined && { prefix }),
      ...(secret === undefined ? { configMapRef: ref } : { secretRef: ref }),
    },
    isFirst: first,
  };
}

function volumeOf({ secret, configMap, keys = {}, optional, volume }: InjectedMount): JsonObject {
  if (volume !== undefined) return volume;
  const files = sorted(keys).map(([key, path]) => ({ key, path }));
  const options = {
    ...(files.length > 0 && { items: files }),
    ...(optional !== undefined && { optional }),
  };
  return secret === undefined
    ? { configMap: { name: configMap ?? '', ...options } }
    : { secret: { secretName: secret, ...options } };
}
