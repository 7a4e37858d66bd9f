import type { Fault, Path } from '../../core/finding.ts';
import { isMap, mapAt, scalarText, valueAt } from '../../core/json.ts';
import { knownNames, matchesGlob } from '../../core/names.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { podOf } from '../../kinds/pods.ts';
import type { ContainerSpec, Injection, ShapeSpec, Target } from '../spec.ts';
import { type Wanted, wantedOf } from './wanted.ts';

/** An object of the set, with its places where it runs pods. */
export interface Candidate {
  readonly object: PlacedObject;
  readonly places: PodPlaces | undefined;
}

/** An object with its places: by the shape that the injection has for its kind, else by the kind. */
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

/** Where a container has its lists. */
export interface ContainerPlace {
  readonly name: string;
  readonly path: Path;
  /** Whether it is an init container: an entry means those only by name. */
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

function fieldsAt(path: Path, named: Partial<ContainerSpec> = {}) {
  const { env = 'env', envFrom = 'envFrom', volumeMounts = 'volumeMounts' } = named;
  const at = (field: string): Path => [...path, ...field.split('.')];
  return { path, env: at(env), envFrom: at(envFrom), volumeMounts: at(volumeMounts) };
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

/** The paths that a pattern such as `spec.pods[*].containers[*]` has in an object. */
function pathsOf(object: unknown, text: string): Path[] {
  let paths: Path[] = [[]];
  for (const step of text.split('.')) {
    const name = step.replace('[*]', '');
    const below = paths.map(path => [...path, name]);
    paths = name === step ? below : below.flatMap(path => entriesAt(object, path));
  }
  return paths.filter(path => isMap(valueAt(object, path)));
}

function entriesAt(object: unknown, path: Path): Path[] {
  const list = valueAt(object, path);
  return Array.isArray(list) ? list.map((_, index) => [...path, index]) : [];
}

/** A workload that an entry means, and the containers in it. */
export interface Aim {
  readonly entry: string;
  readonly wanted: Wanted;
  /** Reloader is to restart it. */
  readonly isReloading: boolean;
  readonly candidate: Candidate;
  readonly containers: readonly ContainerPlace[];
}

/** The workloads that each entry means. Reports an entry that means none, or a container that none of them has. */
export function aimsOf(
  { spec: { workloads = {} } }: Injection,
  candidates: readonly Candidate[],
): { readonly aims: readonly Aim[]; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const aims = Object.keys(workloads)
    .sort()
    .flatMap(entry => {
      const spec = workloads[entry] ?? { target: {} };
      const { target } = spec;
      const meaning = { entry, wanted: wantedOf(entry, spec), isReloading: spec.reload === true };
      const meant = candidates.filter(candidate => isMeant(candidate.object, target));
      const found = meant.filter(({ places }) => places !== undefined);
      if (found.length === 0) faults.push(nothingMeant(entry, target, meant, candidates));
      const ofEntry = found.map(candidate => {
        const containers = containersOf(candidate, target);
        return { ...meaning, candidate, containers };
      });
      faults.push(...containerFaults(entry, target, ofEntry));
      return ofEntry;
    });
  return { aims, faults };
}

function isMeant({ json, group, kind, name }: PlacedObject, target: Target): boolean {
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
  const workloads = candidates.filter(({ places }) => places !== undefined);
  const ofKind = workloads.filter(({ object }) => (target.kind ?? object.kind) === object.kind);
  const isKind = target.kind !== undefined && ofKind.length === 0 && workloads.length > 0;
  const field = isKind ? 'kind' : target.name === undefined ? undefined : 'name';
  return {
    id: 'unknown-workload',
    message: `no workload is ${described(target)}`,
    hint: isKind
      ? knownNames('kinds of the workloads here', target.kind ?? '', namesOf(workloads, 'kind'))
      : knownNames(
          `${target.kind ?? 'workload'}s here`,
          target.name ?? '',
          namesOf(ofKind, 'name'),
        ),
    path: field === undefined ? path : [...path, field],
  };
}

function shapeName({ kind, group }: PlacedObject): string {
  return group === '' ? kind : `${kind}.${group}`;
}

function namesOf(candidates: readonly Candidate[], field: 'kind' | 'name'): Set<string> {
  return new Set(candidates.map(({ object }) => object[field]));
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

/** Container names that none of the entry's workloads has, and workloads without a container for the entry. */
function containerFaults(entry: string, target: Target, aims: readonly Aim[]): Fault[] {
  if (aims.length === 0) return [];
  const path = ['spec', 'workloads', entry, 'target'];
  const all = aims.flatMap(({ candidate }) => candidate.places?.containers ?? []);
  const names = new Set(all.map(({ name }) => name));
  const unknown = (target.containers ?? []).flatMap((pattern, index): Fault[] => {
    if ([...names].some(name => matchesGlob(pattern, name))) return [];
    const [first, ...others] = aims.map(({ candidate }) => candidate.object);
    const subject =
      others.length === 0 ? `${first?.kind} "${first?.name}"` : 'none of the workloads';
    return [
      {
        id: 'unknown-container',
        message: `${subject} has ${others.length === 0 ? 'no' : 'a'} container "${pattern}"`,
        hint: knownNames('containers', pattern, names),
        path: [...path, 'containers', index],
      },
    ];
  });
  const empty = aims.find(({ containers }) => containers.length === 0);
  if (unknown.length > 0 || empty === undefined) return unknown;
  if ((target.containers ?? []).length > 0) return [];
  const { kind, name } = empty.candidate.object;
  return [
    {
      id: 'unknown-container',
      message: `${kind} "${name}" has no container that this could be for`,
      hint: knownNames('init containers', '', names),
      path,
    },
  ];
}
