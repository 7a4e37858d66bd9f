import { type Fault, missing, type Path, type Report } from '../../core/finding.ts';
import type { JsonObject } from '../../core/json.ts';
import { isMap, listAt, mapAt, scalarText, sortBy, valueAt } from '../../core/json.ts';
import { knownNames, matchesGlob } from '../../core/names.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { podOf } from '../../kinds/pods.ts';
import { checkSources } from '../model/model.ts';
import type {
  EnvFromSpec,
  InjectedEnv,
  Injection,
  InjectionEntry,
  MountSpec,
  ShapeSpec,
  Target,
} from '../spec.ts';

export interface Additions {
  readonly env: readonly AddedVariable[];
  readonly envFrom: readonly AddedSource[];
  readonly mounts: readonly AddedMount[];
}

export interface AddedVariable {
  readonly name: string;
  readonly variable: JsonObject;
  readonly isReplacing: boolean;
  readonly at: Path;
}

export interface AddedSource {
  readonly source: JsonObject;
  /** It comes before the existing sources, so that they override it. */
  readonly isFirst: boolean;
}

export interface AddedMount {
  readonly folder: string;
  readonly volume: JsonObject;
  readonly at: Path;
}

function additionsOf(name: string, entry: InjectionEntry): Additions {
  const path = ['spec', 'workloads', name];
  const { env = {}, envFrom = [], mounts = {}, replace = false } = entry;
  return {
    env: sorted(env).map(([variable, value]) => ({
      name: variable,
      variable: { name: variable, ...contentOf(value) },
      isReplacing: replace,
      at: [...path, 'env', variable],
    })),
    envFrom: envFrom.map((value): AddedSource => {
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

/** A source of variables; a text is the name of a Secret. */
export function wholeSource(source: string | EnvFromSpec): EnvFromSpec {
  return typeof source === 'string' ? { secret: source } : source;
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

/** What several entries together add to one container. */
export function joinedAdditions(aims: readonly Aim[]): Additions {
  return {
    env: aims.flatMap(({ additions }) => additions.env),
    envFrom: aims.flatMap(({ additions }) => additions.envFrom),
    mounts: aims.flatMap(({ additions }) => additions.mounts),
  };
}

/** Reports values with no source or several, and entries that add nothing or select every workload. */
export function entryFaults({ spec: { workloads = {} } }: Injection): Fault[] {
  const faults: Fault[] = [];
  const report: Report = fault => faults.push(fault);
  for (const [name, entry] of Object.entries(workloads)) {
    const { env = {}, envFrom = [], mounts = {} } = entry;
    const path = ['spec', 'workloads', name];
    checkEntry(name, entry, path, report);
    for (const [variable, value] of Object.entries(env))
      if (typeof value !== 'string') checkVariable(value, [...path, 'env', variable], report);
    for (const [index, source] of envFrom.entries()) {
      const { secret, configMap } = wholeSource(source);
      checkSources({ secret, configMap }, [...path, 'envFrom', index], report);
    }
    for (const [folder, { secret, configMap, volume }] of Object.entries(mounts))
      checkSources({ secret, configMap, volume }, [...path, 'mounts', folder], report);
  }
  return faults;
}

/** Reports an entry that adds nothing or selects every workload. */
export function checkEntry(name: string, entry: InjectionEntry, path: Path, report: Report): void {
  const { target, env = {}, envFrom = [], mounts = {} } = entry;
  const count = Object.keys(env).length + envFrom.length + Object.keys(mounts).length;
  if (count === 0) {
    const message = `"${name}" injects nothing`;
    const hint = 'Give it env, envFrom or mounts, or remove the entry.';
    report({ id: 'empty-injection', message, hint, path, isAboutName: true });
  }
  if (Object.keys(target).every(field => field === 'containers')) {
    const message = `the target of "${name}" is empty, so it would match every workload`;
    const hint = 'Give it kind, name, namespace or labels; name: "*" means every workload.';
    report({ id: 'empty-target', message, hint, path: [...path, 'target'], isAboutName: true });
  }
}

function checkVariable(value: InjectedEnv, path: Path, report: Report): void {
  const { secret, configMap, valueFrom = {}, key } = value;
  const hasSource = Object.keys(valueFrom).length > 0;
  checkSources({ secret, configMap, valueFrom: hasSource ? valueFrom : undefined }, path, report);
  const isReference = secret !== undefined || configMap !== undefined;
  if (isReference && key === undefined) report(missing('key', path, 'key: password'));
}

export type Candidate = { readonly object: PlacedObject; readonly places: PodPlaces | undefined };

/** An object with the places of its containers and volumes, by the injection's shape for its kind or by the kind. */
export function placedCandidate(object: PlacedObject, { spec }: Injection): Candidate {
  const { shapes = {} } = spec;
  const name = shapeName(object);
  const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  const places = shape === undefined ? knownPlaces(object) : shapedPlaces(object, shape);
  return { object, places };
}

/** Where a workload has its containers and volumes; all paths begin at the object. */
export interface PodPlaces {
  readonly containers: readonly ContainerPlace[];
  /** Absent: it cannot have volumes. */
  readonly volumes?: Path;
}

export interface ContainerPlace {
  readonly name: string;
  /** An init container: an entry reaches it only by name. */
  readonly isInit: boolean;
  readonly env: Path;
  readonly envFrom: Path;
  readonly volumeMounts: Path;
}

function knownPlaces(object: PlacedObject): PodPlaces | undefined {
  const pod = podOf(object);
  if (pod === undefined) return undefined;
  return {
    containers: pod.containers
      .filter(({ role }) => role !== 'ephemeral')
      .map(({ name, path, role }) => ({ name, isInit: role === 'init', ...fieldsAt(path) })),
    volumes: [...pod.path, 'volumes'],
  };
}

function fieldsAt(path: Path, named: Partial<ShapeSpec['containers'][number]> = {}) {
  const { env = 'env', envFrom = 'envFrom', volumeMounts = 'volumeMounts' } = named;
  const at = (field: string): Path => [...path, ...field.split('.')];
  return { env: at(env), envFrom: at(envFrom), volumeMounts: at(volumeMounts) };
}

function shapedPlaces(object: PlacedObject, { containers, volumes }: ShapeSpec): PodPlaces {
  return {
    containers: containers.flatMap(spec =>
      pathsOf(object.json, spec.path).map(path => ({
        name:
          scalarText(valueAt(object.json, [...path, ...(spec.name ?? 'name').split('.')])) ||
          object.name,
        isInit: spec.init === true,
        ...fieldsAt(path, spec),
      })),
    ),
    ...(volumes !== undefined && { volumes: volumes.split('.') }),
  };
}

function pathsOf(object: unknown, text: string): Path[] {
  let paths: Path[] = [[]];
  for (const step of text.split('.')) {
    const name = step.replace('[*]', '');
    paths = paths.map(path => [...path, name]);
    if (name !== step)
      paths = paths.flatMap(path => listAt(object, ...path).map((_, index) => [...path, index]));
  }
  return paths.filter(path => isMap(valueAt(object, path)));
}

export interface Aim {
  readonly entry: string;
  readonly additions: Additions;
  readonly isReloading: boolean;
  readonly candidate: Candidate;
  readonly containers: readonly ContainerPlace[];
}

/** The workloads that each entry selects. Reports an entry that selects none, or names a container that none has. */
export function aimsOf(
  { spec: { workloads = {} } }: Injection,
  candidates: readonly Candidate[],
): { readonly aims: readonly Aim[]; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const aims = sorted(workloads).flatMap(([entry, spec]) => {
    const { target, reload: isReloading = false } = spec;
    const meaning = { entry, additions: additionsOf(entry, spec), isReloading };
    const meant = candidates.filter(candidate => isTarget(candidate.object, target));
    const found = meant.filter(({ places }) => places !== undefined);
    if (found.length === 0) faults.push(nothingMeant(entry, target, meant, candidates));
    const ofEntry = found.map(candidate => {
      return { ...meaning, candidate, containers: containersOf(candidate, target) };
    });
    faults.push(...containerFaults(entry, target, ofEntry));
    return ofEntry;
  });
  return { aims, faults };
}

function isTarget({ json, group, kind, name }: PlacedObject, target: Target): boolean {
  const labels = mapAt(json, 'metadata', 'labels');
  return (
    (target.kind ?? kind) === kind &&
    (target.group ?? group) === group &&
    matchesGlob(target.name ?? '*', name) &&
    (target.namespace === undefined || json.metadata.namespace === target.namespace) &&
    Object.entries(target.labels ?? {}).every(
      ([label, value]) => Object.hasOwn(labels, label) && labels[label] === value,
    )
  );
}

function containersOf({ places }: Candidate, { containers }: Target): ContainerPlace[] {
  return (places?.containers ?? []).filter(({ name, isInit }) =>
    containers === undefined ? !isInit : containers.some(pattern => matchesGlob(pattern, name)),
  );
}

function nothingMeant(
  entry: string,
  target: Target,
  meant: readonly Candidate[],
  candidates: readonly Candidate[],
): Fault {
  const path = ['spec', 'workloads', entry, 'target'];
  const [first] = meant;
  if (first !== undefined)
    return {
      id: 'unknown-shape',
      message: `where a ${first.object.kind} has its containers is not known`,
      hint: `Say it under spec.shapes, as "${shapeName(first.object)}".`,
      path: target.kind === undefined ? path : [...path, 'kind'],
    };
  const { kind, name } = target;
  const workloads = candidates.flatMap(({ object, places }) => (places ? object : []));
  const ofKind = workloads.filter(object => (kind ?? object.kind) === object.kind);
  const isKind = kind !== undefined && ofKind.length === 0 && workloads.length > 0;
  const [kinds, names] = [workloads.map(object => object.kind), ofKind.map(object => object.name)];
  const hint = isKind
    ? knownNames('kinds of the workloads here', kind, kinds)
    : knownNames(`${kind ?? 'workload'}s here`, name ?? '', names);
  const fields = isKind ? ['kind'] : name === undefined ? [] : ['name'];
  const message = `no workload is ${described(target)}`;
  return { id: 'unknown-workload', message, hint, path: [...path, ...fields] };
}

function shapeName({ kind, group }: PlacedObject): string {
  return group === '' ? kind : `${kind}.${group}`;
}

function described({ kind, group, name, namespace, labels }: Target): string {
  const isNamed = kind === undefined && group === undefined && name !== undefined;
  const pairs = Object.entries(labels ?? {}).map(([label, value]) => `${label}=${value}`);
  const words = [
    ...(isNamed ? [] : [kind === undefined ? 'one' : `a ${kind}`]),
    ...(group === undefined ? [] : [`of ${group}`]),
    ...(name === undefined ? [] : [`named "${name}"`]),
    ...(namespace === undefined ? [] : [`in the namespace "${namespace}"`]),
    ...(labels === undefined ? [] : [`with ${pairs.join(', ')}`]),
  ];
  return words.join(' ');
}

function containerFaults(entry: string, target: Target, aims: readonly Aim[]): Fault[] {
  if (aims.length === 0) return [];
  const { containers = [] } = target;
  const path = ['spec', 'workloads', entry, 'target'];
  const all = aims.flatMap(({ candidate }) => candidate.places?.containers ?? []);
  const names = new Set(all.map(({ name }) => name));
  const unknown = containers.flatMap((pattern, index): Fault | [] => {
    if ([...names].some(name => matchesGlob(pattern, name))) return [];
    const [first, ...others] = aims.map(({ candidate }) => candidate.object);
    const subject =
      others.length === 0 ? `${first?.kind} "${first?.name}"` : 'none of the workloads';
    const message = `${subject} has ${others.length === 0 ? 'no' : 'a'} container "${pattern}"`;
    const hint = knownNames('containers', pattern, names);
    return { id: 'unknown-container', message, hint, path: [...path, 'containers', index] };
  });
  const empty = aims.find(aim => aim.containers.length === 0);
  if (containers.length > 0 || empty === undefined) return unknown;
  const { kind, name } = empty.candidate.object;
  const message = `${kind} "${name}" has no container that this could be for`;
  const hint = knownNames('init containers', '', names);
  return [{ id: 'unknown-container', message, hint, path }];
}
