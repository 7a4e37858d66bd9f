import type { Fault } from '../../ground/finding.ts';
import { matchesGlob } from '../../ground/glob.ts';
import { mapAt } from '../../ground/json.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Injection, Target } from './injection.ts';
import { type ContainerPlace, podPlaces } from './pod-places.ts';
import { type Aim, type Candidate, containerFaults, nothingMeant } from './target-faults.ts';

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
