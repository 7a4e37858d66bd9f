import type { Fault } from '../../ground/finding.ts';
import { matchesGlob } from '../../ground/glob.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Target } from './injection.ts';
import type { ContainerPlace, PodPlaces } from './pod-places.ts';

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
export function nothingMeant(
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
export function containerFaults(entry: string, target: Target, aims: readonly Aim[]): Fault[] {
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
