import {
  isMap,
  isSame,
  type Json,
  type JsonObject,
  scalarText,
  stableText,
} from '../../ground/json.ts';
import { volumeName } from '../objects/pod-template.ts';
import type { Owner } from './env-place.ts';
import type { WantedMount } from './wanted.ts';

/** A list of named or mounted things, and which of them are ours. */
export interface InjectedList {
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
