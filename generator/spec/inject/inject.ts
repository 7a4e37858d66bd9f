import { validate } from '#validators/rem-secrets-injection';
import type { Fault, Outcome, Path, Report } from '../../core/finding.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import {
  groupBy,
  isMap,
  isSame,
  listAt,
  mapAt,
  scalarText,
  stableText,
  valueAt,
  withValueAt,
} from '../../core/json.ts';
import { type KubeObject, shortHash } from '../../core/kube-object.ts';
import { objectName, type PlacedObject } from '../../kinds/kind.ts';
import { orderEnv, references } from '../../kinds/pods.ts';
import { volumeName } from '../objects/workloads.ts';
import { checkDocument, shapeFaults } from '../parse.ts';
import type { Injection } from '../spec.ts';
import type {
  AddedMount,
  AddedSource,
  AddedVariable,
  Additions,
  Aim,
  Candidate,
  ContainerPlace,
  PodPlaces,
} from './additions.ts';
import { aimsOf, entryFaults, joinedAdditions, placedCandidate } from './additions.ts';
import type { Injected, InjectedContainer } from './annotations.ts';
import {
  RECORD,
  recordsOf,
  recordText,
  reloadAfter,
  reloadBefore,
  textsAt,
  watchedOf,
  withoutEmpty,
} from './annotations.ts';

/** A document as an injection, with all that is wrong with it as such. No fault quotes a secret value. */
export function checkInjection(document: unknown): Outcome<Injection> {
  return checkDocument<Injection>(document, {
    kind: 'RemSecretsInjection',
    shapeFaults: injection => shapeFaults(injection, validate),
    faultsIn: entryFaults,
  });
}

interface InjectedSet {
  readonly changed: ReadonlyMap<PlacedObject, KubeObject>;
  /** Faults after which nothing is to be written. */
  readonly faults: readonly Fault[];
  /** Entries that fit no workload, and container names that no workload has. */
  readonly missed: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** Adds what an injection asks for to the workloads, and removes what an earlier run added and it asks for no more. */
export function inject(injection: Injection, objects: readonly PlacedObject[]): InjectedSet {
  const { spec, metadata } = injection;
  const candidates = objects.map(object => placedCandidate(object, injection));
  const { aims, faults: missed } = aimsOf(injection, candidates);
  const faults: Fault[] = [];
  const changed = new Map<PlacedObject, KubeObject>();
  const idle = new Set(aims.map(({ entry }) => entry));
  const isEmpty = Object.keys(spec.workloads ?? {}).length === 0;
  let isAny = false;
  const aimsAt = groupBy(aims, ({ candidate }) => candidate);
  for (const candidate of candidates) {
    const candidateAims = aimsAt.get(candidate) ?? [];
    const done = injectCandidate(candidate, candidateAims, injection, fault => faults.push(fault));
    if (done === undefined) continue;
    isAny = true;
    for (const entry of done.busy) idle.delete(entry);
    if (isSame(done.object, candidate.object.json)) continue;
    changed.set(candidate.object, done.object);
  }
  const warnings = [...idle].map(idleEntry);
  if (isEmpty && !isAny && metadata !== undefined) warnings.push(nothingToTakeBack(metadata.name));
  return { changed, faults, missed, warnings: faults.length + missed.length > 0 ? [] : warnings };
}

function injectCandidate(
  { object: placed, places }: Candidate,
  aims: readonly Aim[],
  { metadata }: Injection,
  report: Report,
): { readonly object: KubeObject; readonly busy: readonly string[] } | undefined {
  const { name = '' } = metadata ?? {};
  const records = metadata === undefined ? {} : recordsOf(placed.json);
  const isRecorded = records === undefined || Object.hasOwn(records, name);
  if (places === undefined || (aims.length === 0 && !isRecorded)) return undefined;
  if (records === undefined) {
    const message = `the annotation ${RECORD} of ${placed.kind} ${placed.name} cannot be read`;
    const hint =
      'Put back what rem-secrets has written there, or take it away together with what was injected.';
    report({ id: 'illegal-record', message, hint, path: ['spec'] });
    return undefined;
  }
  for (const { entry, additions } of aims)
    if (additions.mounts.length > 0 && places.volumes === undefined) {
      const message = `where a ${placed.kind} has its volumes is not known`;
      const hint = 'Say it under spec.shapes, as `volumes`.';
      report({ id: 'unknown-shape', message, hint, path: ['spec', 'workloads', entry, 'mounts'] });
    }
  const { object, record } = injectObject(placed, places, mapAt(records, name), aims, report);
  const annotations = ['metadata', 'annotations'];
  const text = recordText(records, name, record);
  const noted = withoutEmpty(withValueAt(object, [...annotations, RECORD], text), annotations);
  return {
    object: (metadata ? noted : object) as unknown as KubeObject,
    busy: aims.filter(aim => hasAny(record, aim)).map(({ entry }) => entry),
  };
}

function hasAny({ containers, lists }: Injected, { additions, ...aim }: Aim): boolean {
  const records = aim.containers.flatMap(({ name }) => containers[name] ?? []);
  const isRecorded = ({ env, mounts, envFrom }: InjectedContainer): boolean =>
    additions.env.some(({ name }) => env.includes(name)) ||
    additions.mounts.some(({ folder }) => mounts.includes(folder)) ||
    additions.envFrom.some(({ source }) => envFrom.some(json => isSame(json, source)));
  return Object.keys(lists).length > 0 || records.some(isRecorded);
}

/** Removes what an earlier run recorded, then adds what the entries ask for: a second run changes nothing. */
function injectObject(
  placed: PlacedObject,
  places: PodPlaces,
  recorded: JsonObject,
  aims: readonly Aim[],
  report: Report,
): { readonly object: Json; readonly record: Injected } {
  // Where the annotations of its pods are; undefined: it has no pod template of its own.
  const pod = placed.knownKind?.pods?.path ?? [];
  const inPod = pod.length > 1 ? [...pod.slice(0, -1), 'metadata', 'annotations'] : undefined;
  let object = reloadBefore(placed.json as unknown as Json, mapAt(recorded, 'lists'), inPod);
  const change = <T extends { readonly list: readonly Json[] }>(
    path: Path | undefined,
    changed: (before: readonly Json[]) => T,
  ): Omit<T, 'list'> => {
    const found = path && valueAt(object, path);
    const before = Array.isArray(found) ? found : [];
    const { list, ...done } = changed(before);
    if (path !== undefined && !isSame(list, before))
      object = withValueAt(object, path, list.length === 0 ? undefined : list);
    return done;
  };
  const additionsAt = (place: ContainerPlace): Additions =>
    joinedAdditions(aims.filter(({ containers }) => containers.includes(place)));
  const aimedAt = [...new Set(aims.flatMap(({ containers }) => containers))];
  const mounts = aimedAt.flatMap(place => additionsAt(place).mounts);
  const oldVolumes = textsAt(recorded, 'volumes');
  const volumes = change(places.volumes, list => {
    const others = list.filter(entry => !oldVolumes.includes(nameIn(entry)));
    return volumesAfter(others, mounts);
  });
  const containers = places.containers.map(place => {
    const additions = additionsAt(place);
    const before = mapAt(recorded, 'containers', place.name);
    const owner: Owner = { subject: subjectOf(placed, place), report };
    const record: InjectedContainer = {
      ...change(place.env, list => envAfter(list, before, additions.env, owner)),
      ...change(place.envFrom, list => envFromAfter(list, before, additions.envFrom)),
      ...change(place.volumeMounts, list => {
        const old = textsAt(before, 'mounts');
        const others = list.filter(entry => !old.includes(folderIn(entry)));
        return mountsAfter(others, additions.mounts, volumes.nameOf, owner);
      }),
    };
    return [place.name, record] as const;
  });
  const watched = watchedOf(joinedAdditions(aims.filter(({ isReloading }) => isReloading)));
  const { lists, ...reloaded } = reloadAfter(object, watched, inPod);
  const record = { containers: Object.fromEntries(containers), volumes: volumes.ours, lists };
  return { ...reloaded, record };
}

function subjectOf(object: PlacedObject, { name }: ContainerPlace): string {
  const { kind, namespace, name: workload } = objectName(object);
  return `container "${name}" of ${kind} ${namespace === undefined ? '' : `${namespace}/`}${workload}`;
}

const IDLE = { id: 'idle-injection', severity: 'warning' } as const;

function idleEntry(entry: string): Fault {
  const message = `"${entry}" does nothing: all that it injects is there without it`;
  const path = ['spec', 'workloads', entry];
  return { ...IDLE, message, hint: 'Remove the entry.', path, isAboutName: true };
}

function nothingToTakeBack(name: string): Fault {
  const message = `this does nothing: it has no workloads, and none here has anything of "${name}"`;
  return { ...IDLE, message, hint: 'Give it workloads, or remove it.', path: ['spec'] };
}

/** Removes the recorded sources, and adds those of the entries that are not there already. */
function envFromAfter(list: readonly Json[], recorded: JsonObject, added: readonly AddedSource[]) {
  const toRemove = [...listAt(recorded, 'envFrom')];
  const kept = list.filter(entry => {
    const index = toRemove.findIndex(source => isSame(source, entry));
    if (index >= 0) toRemove.splice(index, 1);
    return index < 0;
  });
  const envFrom: JsonObject[] = [];
  const [first, last]: [JsonObject[], JsonObject[]] = [[], []];
  for (const { source, isFirst } of added) {
    if ([...kept, ...envFrom].some(json => isSame(json, source))) continue;
    envFrom.push(source);
    (isFirst ? first : last).push(source);
  }
  return { list: [...first, ...kept, ...last], envFrom };
}

/** Adds the volumes that the pod lacks, under free names (`/etc/tls`: `etc-tls`); mounts of the same files share one. */
function volumesAfter(before: readonly Json[], mounts: readonly AddedMount[]) {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { name = '', ...source } of before.filter(isMap)) {
    taken.add(scalarText(name));
    if (isShared(source)) names.set(stableText(source), scalarText(name));
  }
  const list = [...before];
  const ours: string[] = [];
  for (const mount of mounts) {
    const key = keyOf(mount);
    if (names.has(key)) continue;
    const name = volumeName(mount.folder, taken);
    names.set(key, name);
    ours.push(name);
    list.push({ name, ...mount.volume });
  }
  return { list, ours, nameOf: (mount: AddedMount) => names.get(keyOf(mount)) ?? '' };
}

function keyOf({ folder, volume }: AddedMount): string {
  return isShared(volume) ? stableText(volume) : `${folder} ${stableText(volume)}`;
}

function isShared(source: JsonObject): boolean {
  return SHARED.some(field => Object.hasOwn(source, field));
}

/** Volumes that one pod can mount several times with the same files. */
const SHARED = ['secret', 'configMap', 'projected'];

const READ_ONLY = [...SHARED, 'csi', 'downwardAPI'];

function mountsAfter(
  before: readonly Json[],
  additions: readonly AddedMount[],
  nameOf: (mount: AddedMount) => string,
  { subject, report }: Owner,
) {
  const list = [...before];
  const mounts: string[] = [];
  for (const addition of additions) {
    const { folder, at } = addition;
    const mount = {
      name: nameOf(addition),
      mountPath: folder,
      ...(READ_ONLY.some(field => Object.hasOwn(addition.volume, field)) && { readOnly: true }),
    };
    const there = list.find(entry => folderIn(entry) === folderOf(folder));
    if (there === undefined) {
      list.push(mount);
      mounts.push(folder);
    } else if (!isSame(there, mount)) {
      const message = `${subject} has something else mounted at ${folder}`;
      const hint = 'Choose another directory, or take that mount out of the manifest.';
      report({ id: 'mount-conflict', message, hint, path: at, isAboutName: true });
    }
  }
  return { list, mounts };
}

function folderIn(mount: Json): string {
  return isMap(mount) ? folderOf(scalarText(mount['mountPath'])) : '';
}

function folderOf(text: string): string {
  return text.replace(/(?<=.)\/{1,100}$/, '');
}

type Owner = { readonly subject: string; readonly report: Report };

/**
 * Takes recorded variables out again. A variable that was replaced gets its former `valueFrom` back; one that replaced
 * a text stays (`unkept`): the text may be secret, so it was not recorded.
 */
function envBefore(list: readonly Json[], recorded: JsonObject) {
  const ours = new Set(textsAt(recorded, 'env'));
  const unkept = new Set<string>();
  const before = list.flatMap((entry): Json[] => {
    const name = nameIn(entry);
    if (!ours.has(name)) return [entry];
    const kept = valueAt(recorded, ['was', name]);
    if (isMap(kept)) return [{ name, ...kept }];
    if (typeof kept !== 'string') return [];
    // If the hash differs, somebody has changed the variable since: it is theirs now.
    if (kept === shortHash(stableText(entry))) unkept.add(name);
    return [entry];
  });
  return { before, unkept };
}

function nameIn(entry: Json): string {
  return isMap(entry) ? scalarText(entry['name']) : '';
}

/** Puts each new variable last, or before the first that refers to it (docs/facts/kubernetes.md#variables). */
function envAfter(
  there: readonly Json[],
  recorded: JsonObject,
  env: readonly AddedVariable[],
  owner: Owner,
) {
  const { subject, report } = owner;
  const { before, unkept } = envBefore(there, recorded);
  const byName = uniqueNames(env, owner);
  const lastOf = new Map(before.map((entry, index) => [nameIn(entry), index]));
  const was: Record<string, JsonObject | string> = {};
  const list = before.map((old, index) => {
    const name = nameIn(old);
    const added = lastOf.get(name) === index ? byName.get(name) : undefined;
    if (added === undefined || (isSame(old, added.variable) && !unkept.has(name))) return old;
    if (!added.isReplacing) {
      const message = `${subject} has ${name} already, with another value`;
      const hint = 'Leave it out here, or say `replace: true` in the entry.';
      report({ id: 'variable-conflict', message, hint, path: added.at });
    }
    const former = unkept.has(name) ? undefined : keptOf(old);
    was[name] = former ?? shortHash(stableText(added.variable));
    return added.variable;
  });
  for (const name of [...unkept].filter(left => !byName.has(left))) {
    const message = `${name} of ${subject} was a text before it was replaced, and a text is not kept`;
    const hint = `Write ${name} into the manifest as it should be, in the place of what was injected.`;
    report({ id: 'replaced-text', message, hint, path: ['spec'] });
  }
  const fresh = [...byName.values()].filter(({ name }) => !lastOf.has(name));
  const merged = merge(list, ordered(fresh, owner));
  const ours = [...byName.values()].filter(
    entry => fresh.includes(entry) || Object.hasOwn(was, entry.name),
  );
  checkOrder(merged, new Map(ours.map(entry => [entry.name, entry])), owner);
  return { list: merged, env: ours.map(({ name }) => name).sort(), was };
}

function uniqueNames(env: readonly AddedVariable[], { report }: Owner) {
  const byName = new Map<string, AddedVariable>();
  for (const entry of env) {
    const first = byName.get(entry.name) ?? entry;
    byName.set(entry.name, first);
    if (isSame(first.variable, entry.variable)) continue;
    const message = `"${first.at[2]}" and "${entry.at[2]}" give ${entry.name} different values`;
    const related = [{ note: 'the other one', path: first.at }];
    const hint = 'Keep one of them.';
    report({ id: 'variable-conflict', message, hint, path: entry.at, related });
  }
  return byName;
}

function keptOf(entry: Json): JsonObject | undefined {
  const { value, valueFrom } = isMap(entry) ? entry : {};
  const isText = value !== undefined && value !== null && value !== '';
  return !isText && isMap(valueFrom) ? { valueFrom } : undefined;
}

function ordered(fresh: readonly AddedVariable[], { report }: Owner): JsonObject[] {
  const at = new Map(fresh.map(entry => [entry.name, entry.at]));
  const env = fresh.map(({ variable }) => variable);
  const before = { keys: new Set<string>(), isOpen: true };
  return orderEnv({ env, words: [], order: [], before, path: [] }, fault =>
    report({ ...fault, path: at.get(String(fault.path.at(-1))) ?? fault.path }),
  );
}

function merge(list: readonly Json[], fresh: readonly JsonObject[]): readonly Json[] {
  const firstUse = new Map<string, number>();
  const isUsedAt = (used: string, index: number): unknown =>
    firstUse.set(used, Math.min(index, firstUse.get(used) ?? index));
  const placeOf = (entry: Json): number => firstUse.get(nameIn(entry)) ?? list.length;
  for (const [index, entry] of list.entries())
    for (const used of usedBy(entry)) isUsedAt(used, index);
  for (const entry of fresh.toReversed())
    for (const used of usedBy(entry)) isUsedAt(used, placeOf(entry));
  const inFrontOf = (index: number): JsonObject[] =>
    fresh.filter(entry => placeOf(entry) === index);
  return [...list.flatMap((entry, at) => [...inFrontOf(at), entry]), ...inFrontOf(list.length)];
}

function usedBy(entry: Json): string[] {
  return isMap(entry) ? references(scalarText(entry['value'])) : [];
}

function checkOrder(
  list: readonly Json[],
  ours: ReadonlyMap<string, AddedVariable>,
  { subject, report }: Owner,
): void {
  const defined = new Set<string>();
  const names = new Set(list.map(nameIn));
  for (const entry of list) {
    const added = ours.get(nameIn(entry));
    for (const used of usedBy(entry))
      if (added !== undefined && names.has(used) && !defined.has(used) && used !== added.name) {
        const message = `"${added.name}" refers to $(${used}), which ${subject} defines later`;
        const hint = `What is there keeps its order: move ${used} up, or write ${added.name} without $(${used}).`;
        report({ id: 'variable-order', message, hint, path: added.at });
      }
    defined.add(nameIn(entry));
  }
}
