import { withValueAt } from '../../ground/changed-value.ts';
import type { Fault, Report } from '../../ground/finding.ts';
import { groupBy } from '../../ground/group-by.ts';
import { isSame, type Json } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Named } from '../spec/named.ts';
import {
  alreadyThere,
  illegalRecord,
  inexactNumbers,
  nothingToTakeBack,
  noVolumes,
} from './inject-faults.ts';
import { injectObject, type WantedObject } from './inject-object.ts';
import type { Injection, InjectionEntry } from './injection.ts';
import type { ContainerPlace } from './pod-places.ts';
import { type Injected, RECORD, recordIn, recordsOf, recordText } from './record.ts';
import { joinedWatch, watchedOf, withoutEmpty } from './reload.ts';
import type { Aim, Candidate } from './target-faults.ts';
import { aimsOf, candidatesOf } from './targets.ts';
import { type Wanted, wantedOf, wantedTogether } from './wanted.ts';

/** What became of a set of objects. Paths of faults are those of the config. */
export interface InjectedSet {
  /** The objects that are others now. */
  readonly changed: ReadonlyMap<PlacedObject, KubeObject>;
  /** With any of them nothing is to be written. */
  readonly faults: readonly Fault[];
  /** Entries, and names of containers, that nothing here fits. */
  readonly missed: readonly Fault[];
  /** What does nothing. */
  readonly warnings: readonly Fault[];
}

/**
 * Puts what an injection wants into the workloads of a set, and takes back what it has put into them before
 * and wants no more.
 */
export function inject(injection: Injection, objects: readonly PlacedObject[]): InjectedSet {
  const { spec, metadata } = injection;
  const candidates = candidatesOf(objects, injection);
  const { aims, faults: missed } = aimsOf(injection, candidates);
  const faults: Fault[] = [];
  const changed = new Map<PlacedObject, KubeObject>();
  const idle = new Set(aims.map(({ entry }) => entry));
  const isEmpty = Object.keys(spec.workloads ?? {}).length === 0;
  let isAny = false;
  const aimsAt = groupBy(aims, ({ candidate }) => candidate);
  for (const candidate of candidates) {
    const own = aimsAt.get(candidate) ?? [];
    const done = injectCandidate(candidate, own, injection, fault => faults.push(fault));
    if (done === undefined) continue;
    isAny = true;
    for (const entry of done.busy) idle.delete(entry);
    if (isSame(done.object, candidate.object.json)) continue;
    changed.set(candidate.object, done.object);
    faults.push(...inexactNumbers(candidate.object, own[0]?.entry));
  }
  const warnings = [
    ...[...idle].map(alreadyThere),
    ...(isEmpty && !isAny && metadata !== undefined ? [nothingToTakeBack(metadata.name)] : []),
  ];
  return { changed, faults, missed, warnings: faults.length + missed.length > 0 ? [] : warnings };
}

/** A workload with what is wanted, and the entries that have something in it. */
interface Done {
  readonly object: KubeObject;
  readonly busy: readonly string[];
}

function injectCandidate(
  { object: placed, places }: Candidate,
  aims: readonly Aim[],
  { metadata, spec: { workloads = {} } }: Injection,
  report: Report,
): Done | undefined {
  const { name } = metadata ?? { name: '' };
  const records = metadata === undefined ? {} : recordsOf(placed.json);
  const isRecorded = records === undefined || Object.hasOwn(records, name);
  if (places === undefined || (aims.length === 0 && !isRecorded)) return undefined;
  if (records === undefined) {
    report(illegalRecord(placed));
    return undefined;
  }
  const wanted = aims.map(aim => ({ aim, wanted: wantedOf(aim.entry, entryOf(workloads, aim)) }));
  for (const one of wanted)
    if (one.wanted.mounts.length > 0 && places.volumes === undefined)
      report(noVolumes(placed, one.aim.entry));
  const { object, record } = injectObject(
    placed,
    places,
    recordIn(records, name),
    wantedObject(wanted, workloads),
    report,
  );
  return {
    object:
      metadata === undefined
        ? asObject(object)
        : withRecord(object, recordText(records, name, record)),
    busy: wanted.filter(one => hasAny(record, one)).map(({ aim }) => aim.entry),
  };
}

/** What an entry wants of a workload. */
interface WantedAim {
  readonly aim: Aim;
  readonly wanted: Wanted;
}

function entryOf(workloads: Named<InjectionEntry>, { entry }: Aim): InjectionEntry {
  return workloads[entry] ?? { target: {} };
}

function wantedObject(all: readonly WantedAim[], workloads: Named<InjectionEntry>): WantedObject {
  const places = new Set(all.flatMap(({ aim }) => aim.containers));
  const wantedAt = (place: ContainerPlace): Wanted =>
    wantedTogether(
      all.filter(({ aim }) => aim.containers.includes(place)).map(({ wanted }) => wanted),
    );
  const reloading = all.filter(({ aim }) => entryOf(workloads, aim).reload === true);
  return {
    containers: new Map([...places].map(place => [place, wantedAt(place)])),
    watched: joinedWatch(reloading.map(({ wanted }) => watchedOf(wanted))),
  };
}

/** Whether something that an entry wants is ours. */
function hasAny({ containers, lists }: Injected, { aim, wanted }: WantedAim): boolean {
  if (Object.keys(lists).length > 0) return true;
  return aim.containers.some(({ name }) => {
    const own = containers[name];
    return (
      own !== undefined &&
      (wanted.env.some(({ name: variable }) => own.env.includes(variable)) ||
        wanted.mounts.some(({ folder }) => own.mounts.includes(folder)) ||
        wanted.envFrom.some(({ source }) => own.envFrom.some(one => isSame(one, source))))
    );
  });
}

function withRecord(object: Json, text: string | undefined): KubeObject {
  const noted = withValueAt(object, ['metadata', 'annotations', RECORD], text);
  return asObject(withoutEmpty(noted, ['metadata', 'annotations']));
}

function asObject(json: Json): KubeObject {
  return json as unknown as KubeObject;
}
