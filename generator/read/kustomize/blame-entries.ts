import { textOf } from '../../ground/host.ts';
import { locate } from '../../ground/locate.ts';
import { hideSecrets } from '../../ground/secret-text.ts';
import { isBelow } from '../inside.ts';
import type { Blame, Failed } from './explanation.ts';
import { shownFile } from './functions.ts';
import {
  entryName,
  entryPlace,
  entryTarget,
  type KustomizationEntry,
  kustomizationsOf,
  parsed,
} from './kustomization.ts';
import { isRemote, shownRemote, sourcePath } from './remote.ts';

/** The entries of all kustomizations that name a file or folder. */
function entriesOf({ closure }: Failed): KustomizationEntry[] {
  return closure.kustomizations.flatMap(by =>
    by.loads
      .filter(({ kind, entry }) => kind !== 'chart' && entry.trim() !== '' && !isRemote(entry))
      .map(load => ({ by, load })),
  );
}

/** An entry, with what is wrong about it. */
function blame(
  entry: KustomizationEntry | undefined,
  words: (name: string) => string,
): Blame | undefined {
  if (entry === undefined) return undefined;
  const name = entryName(entry);
  return { at: entryPlace(entry), ...(name !== '' && { message: words(shownRemote(name)) }) };
}

/** An entry that leads nowhere; what is written out in one leads nowhere either. */
export function absentEntry(failed: Failed): Blame | undefined {
  const absent = entriesOf(failed).find(
    entry => entryName(entry) !== '' && entryTarget(entry, failed.host) === undefined,
  );
  const pathIn = (name: string): string =>
    absent?.load.kind === 'source' ? sourcePath(name) : name;
  return blame(absent, name => `there is no ${pathIn(name)}`) ?? folderAsFile(failed);
}

function folderAsFile(failed: Failed): Blame | undefined {
  const folder = entriesOf(failed).find(
    ({ by, load }) => ['file', 'source'].includes(load.kind) && isFolder({ by, load }, failed),
  );
  return blame(folder, name => `${name} is a folder, and a file is wanted`);
}

function isFolder(entry: KustomizationEntry, { host }: Failed): boolean {
  const place = entryTarget(entry, host);
  return place !== undefined && host.isFolder(place);
}

/** The one entry that sets up functions: what they are given stands there. */
export function functionEntry(failed: Failed): Blame | undefined {
  const [entry, ...others] = entriesOf(failed).filter(({ load }) => load.kind === 'function');
  return entry === undefined || others.length > 0 ? undefined : { at: entryPlace(entry) };
}

/** A folder without a kustomization, or with one that leads out of it. */
export function bareFolder(failed: Failed): Blame | undefined {
  const bare = entriesOf(failed).find(entry => {
    const place = entryTarget(entry, failed.host);
    if (place === undefined || !failed.host.isFolder(place)) return false;
    return kustomizationsOf({ shown: place, place }, failed.host).length === 0;
  });
  return blame(bare, name => `${name} has no kustomization file, or a link that leads out of it`);
}

/** An entry that leads to its own kustomization or above it, or else to one that leads to it. */
export function circularEntry(failed: Failed): Blame | undefined {
  const [top] = failed.closure.kustomizations;
  const leadsTo = (entry: KustomizationEntry): string => entryTarget(entry, failed.host) ?? '';
  const entries = entriesOf(failed);
  const circular =
    entries.find(entry => leadsTo(entry) !== '' && isBelow(leadsTo(entry), entry.by.folder)) ??
    entries.find(entry => top !== undefined && isBelow(leadsTo(entry), top.folder));
  return blame(circular, name => `${name} is built on itself`);
}

/** A file that is not below its kustomization. */
export function foreignFile(failed: Failed): Blame | undefined {
  const foreign = entriesOf(failed).find(entry => {
    const place = entryTarget(entry, failed.host);
    return place !== undefined && !isFolder(entry, failed) && !isBelow(entry.by.folder, place);
  });
  return blame(
    foreign,
    name => `${name} is outside of the folder of its kustomization, where kustomize reads no files`,
  );
}

/** The entry that kustomize's message names, the innermost. */
export function namedEntry(failed: Failed): Blame | undefined {
  const names = [...failed.text.matchAll(/(?:from|File:) '?([^'\n]{1,500})/g)].map(
    ([, name = '']) => name.trim(),
  );
  const entries = entriesOf(failed);
  const named = names
    .reverse()
    .flatMap(name => entries.filter(({ load }) => load.entry === name))
    .at(0);
  return named && { at: entryPlace(named) };
}

/** The entry that brings an object once more, with the object that kustomize's message names. */
export function doubledEntry(failed: Failed): Blame | undefined {
  const [, kind, name] = DOUBLED.exec(failed.text) ?? [];
  const object = kind === undefined || name === undefined ? undefined : `${kind} "${name}"`;
  const message = object && `${hideSecrets(object)} is in it twice`;
  return { ...namedEntry(failed), ...(message !== undefined && { message }) };
}

/** `ServiceAccount.v1.[noGrp]/web.shop`: kind, version, group, name and namespace. */
const DOUBLED =
  /registered id: ([A-Za-z]{1,63})\.[^/\s]{1,300}\/([a-z0-9][a-z0-9.-]{0,252})\.[[a-z]/;

export function remoteEntry({ closure, text }: Failed): Blame | undefined {
  const all = closure.kustomizations.flatMap(by => by.loads.map(load => ({ by, load })));
  const remote = all.filter(({ load }) => isRemote(load.entry));
  const named = remote.find(({ load }) => text.includes(load.entry)) ?? remote[0];
  return blame(named, name => `${name} cannot be fetched`);
}

/** The first file that is no YAML, where it is none. */
export function brokenYaml({ closure, host }: Failed): Blame | undefined {
  for (const [, file] of closure.files) {
    if (!/\.(ya?ml|json)$/.test(file)) continue;
    const text = textOf(file, host);
    const by = closure.kustomizations.findLast(({ folder }) => isBelow(folder, file));
    const shown = by === undefined ? file : shownFile(file, by);
    const [fault] = locate(parsed(text).faults, { file: shown, text, isStream: true });
    if (fault?.at !== undefined) return { at: fault.at, message: fault.message };
  }
  return undefined;
}
