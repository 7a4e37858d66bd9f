import { type Fault, fieldOf, type Path, type Report } from '../../core/finding.ts';
import {
  isMap,
  isSame,
  type Json,
  type JsonObject,
  scalarText,
  stableText,
  textAt,
  valueAt,
  withValueAt,
} from '../../core/json.ts';
import { shortHash } from '../../core/kube-object.ts';
import { orderEnv, references } from '../../kinds/core/env-order.ts';
import { type Followed, reloadList, reloadLists } from '../../kinds/reloader.ts';
import { volumeName } from '../objects/pod-template.ts';
import type { Injected, InjectedContainer } from './record.ts';
import type { Wanted, WantedMount, WantedSource, WantedVariable } from './wanted.ts';

/** Sources of variables, and which of them are ours. */
interface InjectedSources {
  readonly list: readonly Json[];
  readonly ours: readonly JsonObject[];
}

/**
 * The sources without those that are recorded as ours, and with those that are wanted, at either end. One that
 * is there already is not ours.
 */
export function envFromAfter(
  list: readonly Json[],
  recorded: readonly JsonObject[],
  wanted: readonly WantedSource[],
): InjectedSources {
  const others = withoutOnce(list, recorded);
  const fresh: WantedSource[] = [];
  for (const one of wanted)
    if (![...others, ...fresh.map(({ source }) => source)].some(has => isSame(has, one.source)))
      fresh.push(one);
  const at = (isFirst: boolean): JsonObject[] =>
    fresh.filter(one => one.isFirst === isFirst).map(({ source }) => source);
  return { list: [...at(true), ...others, ...at(false)], ours: fresh.map(({ source }) => source) };
}

/** Without one of each. */
function withoutOnce(list: readonly Json[], gone: readonly JsonObject[]): readonly Json[] {
  const left = [...gone];
  return list.filter(entry => {
    const index = isMap(entry) ? left.findIndex(one => isSame(one, entry)) : -1;
    if (index < 0) return true;
    left.splice(index, 1);
    return false;
  });
}

/** A list of variables, and which of them are ours. */
interface MergedEnv extends Pick<InjectedContainer, 'env' | 'was'> {
  readonly list: readonly Json[];
}

/** A list without what is ours, and the names of those that stand for a text which is not kept. */
interface EnvBefore {
  readonly list: readonly Json[];
  readonly unkept: ReadonlySet<string>;
}

/**
 * Takes back what is recorded. What was replaced is as it was before, unless that was a text: then
 * ours stays, and its name is in `unkept`.
 */
export function envBefore(
  list: readonly Json[],
  { env, was }: Pick<InjectedContainer, 'env' | 'was'>,
): EnvBefore {
  const ours = new Set(env);
  const unkept = new Set<string>();
  const before = list.flatMap((entry): Json[] => {
    const name = nameIn(entry);
    if (!ours.has(name)) return [entry];
    const kept = Object.hasOwn(was, name) ? was[name] : undefined;
    if (kept === undefined) return [];
    if (typeof kept !== 'string') return [{ name, ...kept }];
    // Somebody has written it since.
    if (kept === markOf(entry)) unkept.add(name);
    return [entry];
  });
  return { list: before, unkept };
}

/**
 * Puts variables into a list. Others keep their order: one of ours comes after all of them, or in front of
 * the first that refers to it, since the kubelet expands only what is defined earlier
 * (docs/facts/kubernetes.md#variables). One that is there as it is wanted is not ours.
 */
export function envAfter(
  before: EnvBefore,
  wanted: readonly WantedVariable[],
  owner: Owner,
): MergedEnv {
  const unique = uniqueNames(wanted, owner);
  const { list, fresh, was } = replaced(before, unique, owner);
  for (const name of before.unkept)
    if (!Object.hasOwn(was, name)) owner.report(lostText(name, owner));
  const merged = merge(list, ordered(fresh, owner));
  const ours = unique.filter(one => fresh.includes(one) || Object.hasOwn(was, one.name));
  checkOrder(merged, new Map(ours.map(one => [one.name, one])), owner);
  return { list: merged, env: ours.map(({ name }) => name).sort(), was };
}

/** Replaces those that are there with another value, where that is asked for; the others are new. */
function replaced(
  { list: before, unkept }: EnvBefore,
  wanted: readonly WantedVariable[],
  owner: Owner,
): Pick<MergedEnv, 'list' | 'was'> & { readonly fresh: readonly WantedVariable[] } {
  const there = new Map(before.map((entry, index) => [nameIn(entry), index]));
  const list = [...before];
  const was: Record<string, JsonObject | string> = {};
  for (const one of wanted) {
    const { name, variable, isReplacing } = one;
    const index = there.get(name) ?? list.length;
    const old = list[index];
    if (old === undefined || (isSame(old, variable) && !unkept.has(name))) continue;
    if (!isReplacing) owner.report(conflict(one, owner));
    list[index] = variable;
    was[name] = (unkept.has(name) ? undefined : keptOf(old)) ?? markOf(variable);
  }
  return { list, was, fresh: wanted.filter(({ name }) => !there.has(name)) };
}

/** What a variable had before. A text may be a secret: it is not kept. */
function keptOf(entry: Json): JsonObject | undefined {
  const { value, valueFrom } = isMap(entry) ? entry : {};
  const isText = value !== undefined && value !== null && value !== '';
  return !isText && isMap(valueFrom) ? { valueFrom } : undefined;
}

/** Tells whether ours still stands in the place of a text. */
function markOf(entry: Json): string {
  return shortHash(stableText(entry));
}

/** One of each name; two entries that mean different things by it are a fault. */
function uniqueNames(wanted: readonly WantedVariable[], { report }: Owner): WantedVariable[] {
  const byName = new Map<string, WantedVariable>();
  for (const one of wanted) {
    const first = byName.get(one.name);
    if (first === undefined) byName.set(one.name, one);
    else if (!isSame(first.variable, one.variable))
      report({
        id: 'variable-conflict',
        message: `"${first.at[2]}" and "${one.at[2]}" give ${one.name} different values`,
        hint: 'Keep one of them.',
        path: one.at,
        related: [{ note: 'the other one', path: first.at }],
      });
  }
  return [...byName.values()];
}

function conflict({ name, at }: WantedVariable, { subject }: Owner): Fault {
  return {
    id: 'variable-conflict',
    message: `${subject} has ${name} already, with another value`,
    hint: 'Leave it out here, or say `replace: true` in the entry.',
    path: at,
  };
}

function lostText(name: string, { subject }: Owner): Fault {
  return {
    id: 'replaced-text',
    message: `${name} of ${subject} was a text before it was replaced, and a text is not kept`,
    hint: `Write ${name} into the manifest as it should be, in the place of what was injected.`,
    path: ['spec'],
  };
}

/** What a workload is to be restarted for. */
export type Watched = Readonly<Record<Followed, readonly string[]>>;

/** The Secrets and ConfigMaps that something wanted reads. */
export function watchedOf({ env, envFrom, mounts }: Wanted): Watched {
  const refs = [
    ...env.map(({ variable }) => variable['valueFrom'] ?? null),
    ...envFrom.map(({ source }) => source),
    ...mounts.map(({ volume }) => volume),
  ];
  const names = (fields: readonly string[], name = 'name'): string[] =>
    refs.flatMap(ref => fields.map(field => textAt(ref, field, name) ?? ''));
  return {
    secret: unique([...names(['secretKeyRef', 'secretRef']), ...names(['secret'], 'secretName')]),
    configmap: unique(names(['configMapKeyRef', 'configMapRef', 'configMap'])),
  };
}

/** Of several entries together. */
export function joinedWatch(all: readonly Watched[]): Watched {
  return {
    secret: unique(all.flatMap(({ secret }) => secret)),
    configmap: unique(all.flatMap(({ configmap }) => configmap)),
  };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].filter(name => name !== '').sort();
}

/** Merges names into Reloader's comma lists. */
export function reloadAfter(
  object: Json,
  watched: Watched,
  inPod: Path | undefined,
): { readonly object: Json; readonly lists: Injected['lists'] } {
  let after = object;
  const lists: Record<string, readonly string[]> = {};
  for (const followed of ['secret', 'configmap'] as const) {
    const path = reloadList(after, followed, inPod);
    if (path === undefined) continue;
    const names = namesAt(after, path);
    const added = watched[followed].filter(name => !names.includes(name));
    if (added.length === 0) continue;
    const before = scalarText(valueAt(after, path));
    after = withValueAt(after, path, [before, ...added].filter(text => text !== '').join(','));
    lists[fieldOf(path)] = added;
  }
  return { object: after, lists };
}

/** Takes names out of the lists again, and a list away that is left empty. */
export function reloadBefore(
  object: Json,
  lists: Injected['lists'],
  inPod: Path | undefined,
): Json {
  let before = object;
  for (const path of reloadLists(inPod)) {
    const field = fieldOf(path);
    const ours = new Set(Object.hasOwn(lists, field) ? lists[field] : []);
    const text = valueAt(before, path);
    if (ours.size === 0 || typeof text !== 'string') continue;
    const kept = text.split(',').filter(name => !ours.has(name.trim()));
    before = withoutEmpty(
      withValueAt(before, path, kept.length === 0 ? undefined : kept.join(',')),
      path.slice(0, -1),
    );
  }
  return before;
}

/** Without a map that is left empty. */
export function withoutEmpty(object: Json, path: Path): Json {
  const value = valueAt(object, path);
  const isEmpty = isMap(value) && Object.keys(value).length === 0;
  return isEmpty ? withValueAt(object, path, undefined) : object;
}

function namesAt(object: Json | JsonObject, path: Path): string[] {
  return scalarText(valueAt(object, path))
    .split(',')
    .map(name => name.trim());
}

/** A list of named or mounted things, and which of them are ours. */
interface InjectedList {
  readonly list: readonly Json[];
  readonly ours: readonly string[];
}

/** The volumes of a pod, with the name of that for each mount. */
export interface InjectedVolumes extends InjectedList {
  readonly nameOf: (mount: WantedMount) => string;
}

/**
 * Adds the volumes that are not there, under names that nothing else has: `/etc/tls` is `etc-tls`. Containers
 * that mount the same files share a volume, and so do several mounts of what is only read.
 */
export function volumesAfter(
  before: readonly Json[],
  wanted: readonly WantedMount[],
): InjectedVolumes {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { name = '', ...source } of before.filter(isMap)) {
    taken.add(scalarText(name));
    if (isShared(source)) names.set(stableText(source), scalarText(name));
  }
  const fresh: JsonObject[] = [];
  for (const mount of wanted) {
    const key = keyOf(mount);
    if (names.has(key)) continue;
    const name = freeName(volumeName(mount.folder), taken);
    names.set(key, name);
    taken.add(name);
    fresh.push({ name, ...mount.volume });
  }
  return {
    list: [...before, ...fresh],
    ours: fresh.map(({ name }) => scalarText(name ?? '')),
    nameOf: mount => names.get(keyOf(mount)) ?? '',
  };
}

function keyOf({ folder, volume }: WantedMount): string {
  return isShared(volume) ? stableText(volume) : `${folder} ${stableText(volume)}`;
}

/** Volumes of files that others make: whoever mounts them sees the same. */
const SHARED = ['secret', 'configMap', 'projected'];

function isShared(source: JsonObject): boolean {
  return SHARED.some(field => Object.hasOwn(source, field));
}

/** Nothing can be written into it. */
function isRead(source: JsonObject): boolean {
  return isShared(source) || Object.hasOwn(source, 'csi') || Object.hasOwn(source, 'downwardAPI');
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`;
  return free;
}

/** Adds the mounts of a container. A folder that something else is mounted at is a fault. */
export function mountsAfter(
  before: readonly Json[],
  wanted: readonly WantedMount[],
  nameOf: InjectedVolumes['nameOf'],
  { subject, report }: Owner,
): InjectedList {
  const list = [...before];
  const ours: string[] = [];
  for (const one of wanted) {
    const { folder, at } = one;
    const mount = {
      name: nameOf(one),
      mountPath: folder,
      ...(isRead(one.volume) && { readOnly: true }),
    };
    const there = list.find(entry => folderIn(entry) === folderOf(folder));
    if (there === undefined) {
      list.push(mount);
      ours.push(folder);
    } else if (!isSame(there, mount))
      report({
        id: 'mount-conflict',
        message: `${subject} has something else mounted at ${folder}`,
        hint: 'Choose another directory, or take that mount out of the manifest.',
        path: at,
        isAboutName: true,
      });
  }
  return { list, ours };
}

/** A folder that is mounted, without a slash at its end. */
export function folderIn(mount: Json): string {
  return isMap(mount) ? folderOf(scalarText(mount['mountPath'])) : '';
}

function folderOf(text: string): string {
  return text.replace(/(?<=.)\/{1,100}$/, '');
}

/** Who has the list, as messages name it. */
export interface Owner {
  readonly subject: string;
  readonly report: Report;
}

/** The name of an entry of `env`. */
function nameIn(entry: Json): string {
  return isMap(entry) ? scalarText(entry['name']) : '';
}

function usedBy(entry: Json): string[] {
  return isMap(entry) ? references(scalarText(entry['value'])) : [];
}

/** Ours in an order of their own, each after those that it refers to. */
function ordered(fresh: readonly WantedVariable[], { report }: Owner): JsonObject[] {
  const at = new Map(fresh.map(one => [one.name, one.at]));
  const [first] = fresh;
  if (first === undefined) return [];
  return orderEnv(
    {
      env: fresh.map(({ variable }) => variable),
      words: [],
      order: [],
      before: { keys: new Set(), isOpen: true },
      path: first.at.slice(0, -2),
    },
    fault => report({ ...fault, path: at.get(String(fault.path.at(-1))) ?? fault.path }),
  );
}

/** Puts each in front of the first that refers to it, be it by way of another of ours. */
function merge(list: readonly Json[], fresh: readonly JsonObject[]): readonly Json[] {
  const firstUse = new Map<string, number>();
  for (const [index, entry] of list.entries())
    for (const used of usedBy(entry)) if (!firstUse.has(used)) firstUse.set(used, index);
  const places = new Map<string, number>();
  for (const entry of fresh.toReversed()) {
    const name = nameIn(entry);
    const place = Math.min(firstUse.get(name) ?? list.length, places.get(name) ?? list.length);
    places.set(name, place);
    for (const used of usedBy(entry))
      places.set(used, Math.min(place, places.get(used) ?? list.length));
  }
  const inFrontOf = (index: number): JsonObject[] =>
    fresh.filter(entry => places.get(nameIn(entry)) === index);
  return [
    ...list.flatMap((entry, index) => [...inFrontOf(index), entry]),
    ...inFrontOf(list.length),
  ];
}

/** Where others stand in an order that ours cannot fit in: they keep it. */
function checkOrder(
  list: readonly Json[],
  ours: ReadonlyMap<string, WantedVariable>,
  { subject, report }: Owner,
): void {
  const defined = new Set<string>();
  const names = new Set(list.map(nameIn));
  for (const entry of list) {
    const one = ours.get(nameIn(entry));
    for (const used of usedBy(entry))
      if (one !== undefined && names.has(used) && !defined.has(used) && used !== one.name)
        report({
          id: 'variable-order',
          message: `"${one.name}" refers to $(${used}), which ${subject} defines later`,
          hint: `What is there keeps its order: move ${used} up, or write ${one.name} without $(${used}).`,
          path: one.at,
        });
    defined.add(nameIn(entry));
  }
}
