import type { Fault, Path, Report } from '../../core/finding.ts';
import {
  groupBy,
  isMap,
  isSame,
  type Json,
  scalarText,
  valueAt,
  withValueAt,
} from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { objectName, type PlacedObject } from '../../kinds/kind.ts';
import type { Injection, InjectionEntry, Named } from '../spec.ts';
import {
  envAfter,
  envBefore,
  envFromAfter,
  folderIn,
  type InjectedVolumes,
  joinedWatch,
  mountsAfter,
  type Owner,
  reloadAfter,
  reloadBefore,
  volumesAfter,
  type Watched,
  watchedOf,
  withoutEmpty,
} from './env.ts';
import {
  type Aim,
  aimsOf,
  alreadyThere,
  type Candidate,
  candidatesOf,
  illegalRecord,
  inexactNumbers,
  nothingToTakeBack,
  noVolumes,
} from './faults.ts';
import {
  type ContainerPlace,
  type Injected,
  type InjectedContainer,
  nothingInContainer,
  type PodPlaces,
  RECORD,
  recordIn,
  recordsOf,
  recordText,
} from './record.ts';
import { nothingWanted, type Wanted, wantedOf, wantedTogether } from './wanted.ts';

/** What became of a set of objects. Paths of faults are those of the config. */
interface InjectedSet {
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

/** What a workload is to have, by its containers; a container that is not here is to have nothing. */
interface WantedObject {
  readonly containers: ReadonlyMap<ContainerPlace, Wanted>;
  readonly watched: Watched;
}

/** A workload with all in it, and what of that is ours. */
interface InjectedObject {
  readonly object: Json;
  readonly record: Injected;
}

/**
 * Takes back what is recorded, and puts in what is wanted. What comes of it depends on the object as it was
 * without us and on what is wanted alone, so that a second run changes nothing.
 */
function injectObject(
  placed: PlacedObject,
  places: PodPlaces,
  recorded: Injected,
  wanted: WantedObject,
  report: Report,
): InjectedObject {
  const inPod = podAnnotations(placed);
  const bare = reloadBefore(placed.json as unknown as Json, recorded.lists, inPod);
  const mounts = [...wanted.containers.values()].flatMap(one => one.mounts);
  const standing = listIn(bare, places.volumes).filter(
    volume => !isMap(volume) || !recorded.volumes.includes(scalarText(volume['name'])),
  );
  const volumes = volumesAfter(standing, mounts);
  let object = withList(bare, places.volumes, volumes.list);
  const containers: [string, InjectedContainer][] = [];
  for (const place of places.containers) {
    const before = containerIn(recorded, place.name);
    const now = wanted.containers.get(place) ?? nothingWanted;
    const owner: Owner = { subject: subjectOf(placed, place), report };
    const done = injectContainer(object, place, before, { ...now, ...volumes, owner });
    object = done.object;
    containers.push([place.name, done.record]);
  }
  const reloaded = reloadAfter(object, wanted.watched, inPod);
  const record = {
    containers: Object.fromEntries(containers),
    volumes: volumes.ours,
    lists: reloaded.lists,
  };
  return { object: reloaded.object, record };
}

/** What goes into a container, under which names its volumes go, and whose it is. */
interface WantedContainer extends Wanted {
  readonly nameOf: InjectedVolumes['nameOf'];
  readonly owner: Owner;
}

function injectContainer(
  object: Json,
  place: ContainerPlace,
  before: InjectedContainer,
  { env, envFrom, mounts, nameOf, owner }: WantedContainer,
): { readonly object: Json; readonly record: InjectedContainer } {
  const variables = envAfter(envBefore(listIn(object, place.env), before), env, owner);
  const sources = envFromAfter(listIn(object, place.envFrom), before.envFrom, envFrom);
  const others = listIn(object, place.volumeMounts).filter(
    mount => !before.mounts.includes(folderIn(mount)),
  );
  const mounted = mountsAfter(others, mounts, nameOf, owner);
  const lists = [
    [place.env, variables.list],
    [place.envFrom, sources.list],
    [place.volumeMounts, mounted.list],
  ] as const;
  return {
    object: lists.reduce((changed, [path, list]) => withList(changed, path, list), object),
    record: { env: variables.env, was: variables.was, envFrom: sources.ours, mounts: mounted.ours },
  };
}

function containerIn({ containers }: Injected, name: string): InjectedContainer {
  return (Object.hasOwn(containers, name) ? containers[name] : undefined) ?? nothingInContainer;
}

/** A container as messages name it. */
function subjectOf(object: PlacedObject, { name }: ContainerPlace): string {
  const { kind, namespace, name: workload } = objectName(object);
  return `container "${name}" of ${kind} ${namespace === undefined ? '' : `${namespace}/`}${workload}`;
}

/** Where the annotations of its pods are; the spec of some is that of the pod itself. */
function podAnnotations({ known }: PlacedObject): Path | undefined {
  const path = known?.pods?.path ?? [];
  return path.length > 1 ? [...path.slice(0, -1), 'metadata', 'annotations'] : undefined;
}

function listIn(object: Json, path: Path | undefined): readonly Json[] {
  const list = path === undefined ? undefined : valueAt(object, path);
  return Array.isArray(list) ? list : [];
}

/** The object with another list; a list that is left empty is none. */
function withList(object: Json, path: Path | undefined, list: readonly Json[]): Json {
  if (path === undefined || isSame(list, listIn(object, path))) return object;
  return withValueAt(object, path, list.length === 0 ? undefined : list);
}
