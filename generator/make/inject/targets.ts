import type { Fault } from '../../ground/finding.ts';
import { matchesGlob } from '../../ground/glob.ts';
import { mapAt } from '../../ground/json.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Injection, Target } from './injection.ts';
import { type ContainerPlace, podPlaces } from './pod-places.ts';
import { type Aim, type Candidate, containerFaults, nothingMeant } from './target-faults.ts';

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
