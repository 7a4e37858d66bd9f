import { type Fault, missing, type Path, type Report } from '../../core/finding.ts';
import { type JsonObject, sortBy } from '../../core/json.ts';
import { checkSources } from '../model/model.ts';
import type { EnvFromSpec, InjectedEnv, Injection, InjectionEntry, MountSpec } from '../spec.ts';

/** All that a container is to have. */
export interface Wanted {
  readonly env: readonly WantedVariable[];
  readonly envFrom: readonly WantedSource[];
  readonly mounts: readonly WantedMount[];
}

export interface WantedVariable {
  readonly name: string;
  /** As it stands in `env`. */
  readonly variable: JsonObject;
  /** It replaces a variable of that name with another value. */
  readonly isReplacing: boolean;
  /** Where the injection asks for it. */
  readonly at: Path;
}

export interface WantedSource {
  readonly source: JsonObject;
  /** It comes before the existing sources, which then win over it. */
  readonly isFirst: boolean;
}

export interface WantedMount {
  readonly folder: string;
  /** A volume without its name. */
  readonly volume: JsonObject;
  readonly at: Path;
}

/** What an entry wants in each of its containers, sorted by name. */
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
    envFrom: envFrom.map((value): WantedSource => {
      const source = typeof value === 'string' ? { secret: value } : value;
      return { source: sourceOf(source), isFirst: source.first ?? false };
    }),
    mounts: sorted(mounts).map(([folder, mount]) => ({
      folder,
      volume: mount.volume ?? volumeOf(mount, sorted(mount.keys ?? {})),
      at: [...path, 'mounts', folder],
    })),
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

/** A source of variables, as it stands in `envFrom`. */
export function sourceOf({ secret, configMap, prefix, optional }: EnvFromSpec): JsonObject {
  const ref = { name: secret ?? configMap ?? '', ...(optional !== undefined && { optional }) };
  return {
    ...(prefix !== undefined && { prefix }),
    ...(secret === undefined ? { configMapRef: ref } : { secretRef: ref }),
  };
}

/** A volume of the files of a Secret or ConfigMap, without its name. */
export function volumeOf(
  { secret, configMap, optional }: MountSpec,
  files: readonly (readonly [key: string, file: string])[],
): JsonObject {
  const options = {
    ...(files.length > 0 && { items: files.map(([key, path]) => ({ key, path })) }),
    ...(optional !== undefined && { optional }),
  };
  return secret === undefined
    ? { configMap: { name: configMap ?? '', ...options } }
    : { secret: { secretName: secret, ...options } };
}

/** What several entries together want in one container. */
export function wantedTogether(all: readonly { readonly wanted: Wanted }[]): Wanted {
  return {
    env: all.flatMap(({ wanted }) => wanted.env),
    envFrom: all.flatMap(({ wanted }) => wanted.envFrom),
    mounts: all.flatMap(({ wanted }) => wanted.mounts),
  };
}

/** Values with no source or several, and entries that want nothing or mean every workload. */
export function entryFaults({ spec: { workloads = {} } }: Injection): Fault[] {
  const faults: Fault[] = [];
  const report: Report = fault => {
    faults.push(fault);
  };
  for (const [name, entry] of Object.entries(workloads)) {
    const path = ['spec', 'workloads', name];
    checkEntry(name, entry, path, report);
    checkValues(entry, path, report);
  }
  return faults;
}

/** Reports an entry that asks for nothing, means every workload, or takes a volume from two places. */
export function checkEntry(name: string, entry: InjectionEntry, path: Path, report: Report): void {
  const { target, env = {}, envFrom = [], mounts = {} } = entry;
  const count = Object.keys(env).length + envFrom.length + Object.keys(mounts).length;
  if (count === 0)
    report({
      id: 'empty-injection',
      message: `"${name}" injects nothing`,
      hint: 'Give it env, envFrom or mounts, or remove the entry.',
      path,
      isAboutName: true,
    });
  if (Object.keys(target).every(field => field === 'containers'))
    report({
      id: 'empty-target',
      message: `the target of "${name}" says nothing, so that every workload would be meant`,
      hint: 'Give it kind, name, namespace or labels; name: "*" means every workload.',
      path: [...path, 'target'],
      isAboutName: true,
    });
  for (const [folder, { secret, configMap, volume }] of Object.entries(mounts))
    if (volume !== undefined)
      checkSources({ secret, configMap, volume }, [...path, 'mounts', folder], report);
}

function checkValues(
  { env = {}, envFrom = [], mounts = {} }: InjectionEntry,
  path: Path,
  report: Report,
): void {
  for (const [variable, value] of Object.entries(env))
    if (typeof value !== 'string') checkVariable(value, [...path, 'env', variable], report);
  for (const [index, source] of envFrom.entries()) {
    if (typeof source === 'string') continue;
    const { secret, configMap } = source;
    checkSources({ secret, configMap }, [...path, 'envFrom', index], report);
  }
  for (const [folder, { secret, configMap, volume }] of Object.entries(mounts))
    if (volume === undefined)
      checkSources({ secret, configMap, volume }, [...path, 'mounts', folder], report);
}

function checkVariable(value: InjectedEnv, path: Path, report: Report): void {
  const { secret, configMap, valueFrom = {}, key } = value;
  const isGiven = Object.keys(valueFrom).length > 0;
  checkSources({ secret, configMap, valueFrom: isGiven ? valueFrom : undefined }, path, report);
  const isReference = secret !== undefined || configMap !== undefined;
  if (isReference && key === undefined) report(missing('key', path, 'key: password'));
}
