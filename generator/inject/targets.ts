import type { Fault } from '../ground/finding.ts';
import { matchesGlob } from '../ground/glob.ts';
import { mapAt } from '../ground/json.ts';
import { knownNames } from '../ground/suggest.ts';
import type { Item } from '../kinds/kind.ts';
import type { Injection, Target } from './injection.ts';
import { type ContainerPlace, type PodPlaces, podPlaces } from './pod-places.ts';

/** An object of the set, with its places where it runs pods. */
export interface Candidate {
  readonly item: Item;
  readonly places: PodPlaces | undefined;
}

/** What an entry is for: a workload, and containers of it. */
export interface Aim {
  readonly entry: string;
  readonly candidate: Candidate;
  readonly containers: readonly ContainerPlace[];
}

/** The objects of a set with their places. */
export function candidatesOf(items: readonly Item[], { spec }: Injection): Candidate[] {
  return items.map(item => ({ item, places: podPlaces(item, spec.shapes ?? {}) }));
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
      const meant = candidates.filter(candidate => isMeant(candidate.item, target));
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

function isMeant({ object, group, kind, name }: Item, target: Target): boolean {
  const labels = mapAt(object, 'metadata', 'labels');
  return (
    (target.kind ?? kind) === kind &&
    (target.group ?? group) === group &&
    matchesGlob(target.name ?? '*', name) &&
    (target.namespace === undefined || object.metadata.namespace === target.namespace) &&
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
      message: `where a ${first.item.kind} has its containers is not known`,
      hint: `Say it under spec.shapes, as "${shapeName(first.item)}".`,
      path: target.kind === undefined ? path : [...path, 'kind'],
    };
  const workloads = candidates.filter(({ places }) => places !== undefined);
  const ofKind = workloads.filter(({ item }) => (target.kind ?? item.kind) === item.kind);
  const isKind = target.kind !== undefined && ofKind.length === 0;
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

function shapeName({ kind, group }: Item): string {
  return group === '' ? kind : `${kind}.${group}`;
}

function namesOf(candidates: readonly Candidate[], field: 'kind' | 'name'): Set<string> {
  return new Set(candidates.map(({ item }) => item[field]));
}

function described({ kind, group, name, namespace, labels }: Target): string {
  const words = [
    `a ${kind ?? 'workload'}${group === undefined ? '' : ` of ${group}`}`,
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
    const [first, ...others] = aims.map(({ candidate }) => candidate.item);
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
  const { kind, name } = empty.candidate.item;
  return [
    {
      id: 'unknown-container',
      message: `${kind} "${name}" has no container that this could be for`,
      hint: knownNames('init containers', '', names),
      path,
    },
  ];
}
