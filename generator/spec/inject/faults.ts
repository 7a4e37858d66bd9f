import { type Fault, fieldOf } from '../../core/finding.ts';
import { mapAt, numbersIn } from '../../core/json.ts';
import { knownNames, matchesGlob } from '../../core/names.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Injection, Target } from '../spec.ts';
import { type ContainerPlace, type PodPlaces, podPlaces, RECORD } from './record.ts';

/** The object is written anew, and a number that is no double would become another. */
export function inexactNumbers(
  { kind, name, json }: PlacedObject,
  entry: string | undefined,
): Fault[] {
  return numbersIn(json, [])
    .filter(({ number }) => !Number.isFinite(number) || isTooLong(number))
    .map(({ path }) => ({
      id: 'inexact-number',
      message: `${kind} ${name} has a number at ${fieldOf(path)} that cannot be passed on as it is`,
      hint: 'Put it in quotes where its reader takes a text, or leave this workload out.',
      path: entry === undefined ? ['spec'] : ['spec', 'workloads', entry, 'target'],
    }));
}

function isTooLong(number: number): boolean {
  return Number.isInteger(number) && !Number.isSafeInteger(number);
}

/** A record that is not as we write it: what is ours cannot be told. */
export function illegalRecord(object: PlacedObject): Fault {
  return {
    id: 'illegal-record',
    message: `the annotation ${RECORD} of ${object.kind} ${object.name} cannot be read`,
    hint: 'Put back what rem-secrets has written there, or take it away together with what was injected.',
    path: ['spec'],
  };
}

/** An entry mounts something where no volumes can be. */
export function noVolumes({ kind }: PlacedObject, entry: string): Fault {
  return {
    id: 'unknown-shape',
    message: `where a ${kind} has its volumes is not known`,
    hint: 'Say it under spec.shapes, as `volumes`.',
    path: ['spec', 'workloads', entry, 'mounts'],
  };
}

/** An entry of which nothing is ours in any workload. */
export function alreadyThere(entry: string): Fault {
  return {
    id: 'idle-injection',
    message: `"${entry}" does nothing: all that it injects is there without it`,
    hint: 'Remove the entry.',
    path: ['spec', 'workloads', entry],
    isAboutName: true,
  };
}

/** No entry is left, and nothing is recorded. */
export function nothingToTakeBack(name: string): Fault {
  return {
    id: 'idle-injection',
    message: `this does nothing: it has no workloads, and none here has anything of "${name}"`,
    hint: 'Give it workloads, or remove it.',
    path: ['spec'],
  };
}

/** The objects of a set with their places. */
export function candidatesOf(objects: readonly PlacedObject[], { spec }: Injection): Candidate[] {
  return objects.map(object => ({ object, places: podPlaces(object, spec.shapes ?? {}) }));
}

/** What each entry is for. One that is for nothing, or names a container that no workload has, is a fault. */
export function aimsOf(
  { spec: { workloads = {} } }: Injection,
  candidates: readonly Candidate[],
): { readonly aims: readonly Aim[]; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const aims = Object.keys(workloads)
    .sort()
    .flatMap(entry => {
      const target = workloads[entry]?.target ?? {};
      const meant = candidates.filter(candidate => isMeant(candidate.object, target));
      const found = meant.filter(({ places }) => places !== undefined);
      if (found.length === 0) faults.push(nothingMeant(entry, target, meant, candidates));
      const own = found.map(candidate => ({
        entry,
        candidate,
        containers: containersOf(candidate, target),
      }));
      faults.push(...containerFaults(entry, target, own));
      return own;
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

/** An object of the set, with its places where it runs pods. */
export interface Candidate {
  readonly object: PlacedObject;
  readonly places: PodPlaces | undefined;
}

/** What an entry is for: a workload, and containers of it. */
export interface Aim {
  readonly entry: string;
  readonly candidate: Candidate;
  readonly containers: readonly ContainerPlace[];
}

/** An entry that no workload fits, or that fits objects of which nobody knows where their containers are. */
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
  const words = [
    ...(isNamed ? [] : [kind === undefined ? 'one' : `a ${kind}`]),
    ...(group === undefined ? [] : [`of ${group}`]),
    ...(name === undefined ? [] : [`named "${name}"`]),
    ...(namespace === undefined ? [] : [`in the namespace "${namespace}"`]),
    ...(labels === undefined
      ? []
      : [
          `with ${Object.entries(labels)
            .map(([label, value]) => `${label}=${value}`)
            .join(', ')}`,
        ]),
  ];
  return words.join(' ');
}

/** Names that no workload of the entry has a container of; and none at all. */
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
