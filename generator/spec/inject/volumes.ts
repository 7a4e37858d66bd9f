import {
  isMap,
  isSame,
  type Json,
  type JsonObject,
  scalarText,
  stableText,
} from '../../core/json.ts';
import { volumeName } from '../objects/pod-template.ts';
import type { Owner } from './env.ts';
import type { WantedMount, WantedSource } from './wanted.ts';

/**
 * The sources of variables without those that are recorded, and with those that are wanted, at either end. A source
 * that exists already is not in `ours`.
 */
export function envFromAfter(
  list: readonly Json[],
  recorded: readonly JsonObject[],
  wanted: readonly WantedSource[],
): InjectedList<JsonObject> {
  const toRemove = [...recorded];
  const kept = list.filter(entry => {
    const index = toRemove.findIndex(source => isSame(source, entry));
    if (index >= 0) toRemove.splice(index, 1);
    return index < 0;
  });
  const fresh: WantedSource[] = [];
  for (const one of wanted)
    if (![...kept, ...fresh.map(({ source }) => source)].some(source => isSame(source, one.source)))
      fresh.push(one);
  const at = (isFirst: boolean): JsonObject[] =>
    fresh.filter(one => one.isFirst === isFirst).map(({ source }) => source);
  return { list: [...at(true), ...kept, ...at(false)], ours: fresh.map(({ source }) => source) };
}

/** A list of a pod or container, and what in it we injected. */
interface InjectedList<T> {
  readonly list: readonly Json[];
  readonly ours: readonly T[];
}

export interface InjectedVolumes extends InjectedList<string> {
  /** The name of the volume of a mount. */
  readonly nameOf: (mount: WantedMount) => string;
}

/**
 * Adds the volumes that the pod does not have, under free names: that of `/etc/tls` is `etc-tls`. Containers that
 * mount the same files share a volume, and so do several mounts of Secrets and ConfigMaps.
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

function isShared(source: JsonObject): boolean {
  return SHARED.some(field => Object.hasOwn(source, field));
}

/** Volumes that show the same files wherever they are mounted. */
const SHARED = ['secret', 'configMap', 'projected'];

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`;
  return free;
}

/** Adds the mounts of a container. Reports a folder at which something else is mounted. */
export function mountsAfter(
  before: readonly Json[],
  wanted: readonly WantedMount[],
  nameOf: InjectedVolumes['nameOf'],
  { subject, report }: Owner,
): InjectedList<string> {
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

/** Whether nobody can write into a volume. */
function isRead(source: JsonObject): boolean {
  return isShared(source) || Object.hasOwn(source, 'csi') || Object.hasOwn(source, 'downwardAPI');
}

/** The folder of a mount, without a slash at its end. */
export function folderIn(mount: Json): string {
  return isMap(mount) ? folderOf(scalarText(mount['mountPath'])) : '';
}

function folderOf(text: string): string {
  return text.replace(/(?<=.)\/{1,100}$/, '');
}
