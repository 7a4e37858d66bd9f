import { resolve } from 'node:path';
import type { Path, Place } from '../../core/finding.ts';
import { type Host, textOf } from '../../core/host.ts';
import { isMap, parsedJson, textAt } from '../../core/json.ts';
import { manifestsOf } from '../../core/manifests.ts';
import { hideSecrets } from '../../core/secret-text.ts';
import { locate, placesIn } from '../../yaml/places.ts';
import { isBelow } from '../inside.ts';
import { type Closure, shownFile } from './closure.ts';
import {
  entryName,
  entryPath,
  entryPlace,
  entryTarget,
  isComponent,
  isField,
  isRemote,
  type Kustomization,
  type KustomizationEntry,
  kustomizationsOf,
  parsed,
  readText,
  shownRemote,
  sourcePath,
  valuesAt,
} from './kustomization.ts';

/** A patch of a kustomization. */
interface Patch {
  readonly by: Kustomization;
  readonly path: Path;
  readonly documents: readonly unknown[];
}

/** A patch that is neither an object nor a list of operations. */
export function badPatch(failed: Failed): Blame | undefined {
  const patches = patchesOf(failed);
  const bad = patches.find(({ documents }) => documents.length === 0 || !documents.every(isPatch));
  const found = bad ?? (patches.length === 1 ? patches[0] : undefined);
  return found && blameAt(found.by, found.path);
}

/** The documents of a patch. kustomize takes a text that begins with `[` only if it is JSON. */
function documentsOf(text: string): readonly unknown[] {
  const { value = [] } = parsed(text);
  return text.trimStart().startsWith('[') && parsedJson(text) === undefined ? [] : value;
}

function isPatch(document: unknown): boolean {
  if (Array.isArray(document))
    return document.every(
      operation => textAt(operation, 'op') !== undefined && textAt(operation, 'path') !== undefined,
    );
  return document === null || textAt(document, 'metadata', 'name') !== undefined;
}

/** The patch for the object that kustomize's message calls missing. */
export function patchOf(failed: Failed): Blame | undefined {
  const [, kind, name] =
    /([^\s".]{1,100})\.[^\s"]{0,200}\/([^\s"]{1,260})\.\[?[\w-]+\]?/.exec(failed.text) ?? [];
  for (const { by, path, documents } of patchesOf(failed)) {
    const object = manifestsOf(documents).find(
      ({ object: own }) => own.kind === kind && textAt(own, 'metadata', 'name') === name,
    );
    if (object !== undefined)
      return {
        ...blameAt(by, path),
        message: `a patch is for ${kind} "${name}", which is not there`,
      };
  }
  return undefined;
}

function patchesOf({ closure: { kustomizations }, host }: Failed): Patch[] {
  return kustomizations.flatMap(by => {
    const read = (path: unknown): string | undefined =>
      typeof path === 'string' ? readText(resolve(by.folder, path), host) : undefined;
    const old = valuesAt(by.document, ['patchesStrategicMerge', '*']).map(({ value, path }) => ({
      path,
      text: read(value) ?? value,
    }));
    const others = ['patches', 'patchesJson6902'].flatMap(field =>
      valuesAt(by.document, [field, '*']).map(({ value, path }) => ({
        path,
        text: isMap(value) ? (value['patch'] ?? read(value['path'])) : undefined,
      })),
    );
    return [...old, ...others].map(({ path, text }) => ({
      by,
      path,
      documents: typeof text === 'string' ? documentsOf(text) : [],
    }));
  });
}

const GENERATORS = ['configMapGenerator', 'secretGenerator'];

/** A literal without a key or without `=`. It is not shown, as it may be a secret. */
export function badLiteral({ closure: { kustomizations } }: Failed): Blame | undefined {
  for (const by of kustomizations) {
    const literal = inGenerators(by, ['literals', '*']).find(
      ({ value }) => typeof value === 'string' && value.indexOf('=') < 1,
    );
    if (literal !== undefined) return blameAt(by, literal.path);
  }
  return undefined;
}

/** A file that has several keys before it, or none, or no path. */
export function badSource({ closure: { kustomizations } }: Failed): Blame | undefined {
  for (const by of kustomizations) {
    const load = by.loads.find(
      ({ kind, entry }) =>
        kind === 'source' && (entry.split('=').length > 2 || /^=|=$/.test(entry)),
    );
    if (load !== undefined) return { at: entryPlace({ by, load }) };
  }
  return undefined;
}

/** The generator that kustomize's message names; `say` puts it in words. */
export function generatorOf(
  { closure: { kustomizations }, text }: Failed,
  say: (name: string) => string,
): Blame | undefined {
  const [, name = ''] = /Name:"([^"]{1,300})"/.exec(text) ?? [];
  for (const by of [...kustomizations].reverse()) {
    const last = inGenerators(by, []).findLast(({ value }) => textAt(value, 'name') === name);
    if (last !== undefined)
      return { ...blameAt(by, [...last.path, 'name']), message: say(hideSecrets(name)) };
  }
  return undefined;
}

function inGenerators(
  { document }: Kustomization,
  below: readonly string[],
): ReturnType<typeof valuesAt> {
  return GENERATORS.flatMap(field => valuesAt(document, [field, '*', ...below]));
}

/** The place of a path of a kustomization. */
function blameAt(
  { file, text, written = text }: Kustomization,
  path: Path,
  isAboutName = false,
): Blame {
  return { at: placesIn({ file, text: written })({ path, isAboutName }) };
}

/** A field of the first kustomization that has it. */
export function fieldBlame({ kustomizations }: Closure, field: string): Blame | undefined {
  for (const by of kustomizations) {
    const [found] = valuesAt(by.document, [field]);
    if (found !== undefined) return blameAt(by, found.path);
  }
  return undefined;
}

export function secondFile({ closure: { kustomizations } }: Failed): Blame | undefined {
  const second = kustomizations.find((by, index) =>
    kustomizations.slice(0, index).some(({ folder }) => folder === by.folder),
  );
  return second && blameAt(second, []);
}

export function emptyKustomization({ closure: { kustomizations } }: Failed): Blame | undefined {
  const isEmpty = ({ document }: Kustomization): boolean =>
    !isMap(document) ||
    Object.keys(document).every(key => ['apiVersion', 'kind'].some(name => isField(key, name)));
  const empty = kustomizations.find(isEmpty);
  return empty && blameAt(empty, []);
}

/** The field that kustomize names: by its name, or by its path from the root. */
export function badField({ closure: { kustomizations }, text }: Failed): Blame | undefined {
  const [, unknown, way] =
    /unknown field "([^"]{1,200})"|Go struct field \w+\.([\w.]{1,200}) of type/.exec(text) ?? [];
  const steps = (unknown === undefined ? way?.split('.') : [unknown]) ?? [];
  for (const by of kustomizations) {
    const path = pathTo(by.document, steps);
    if (path === undefined) continue;
    const field = steps.map(shownRemote).join('.');
    const message =
      unknown === undefined
        ? `"${field}" holds what kustomize does not take there`
        : `"${field}" is no field that kustomize knows there`;
    return { ...blameAt(by, path, true), message };
  }
  return undefined;
}

/** The path of the first place with these fields one below the other, perhaps with lists between them. */
function pathTo(value: unknown, steps: readonly string[]): Path | undefined {
  if (steps.length === 0) return [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, below] of Object.entries(value)) {
    const step = Array.isArray(value) ? Number(key) : key;
    const isNamed = !Array.isArray(value) && isField(key, steps[0] ?? '');
    const rest = pathTo(below, isNamed ? steps.slice(1) : steps);
    if (rest !== undefined) return [step, ...rest];
  }
  return undefined;
}

/** A Component that is not listed under components, or something else that is. */
export function wrongKind({ closure: { kustomizations }, host }: Failed): Blame | undefined {
  const bases = kustomizations.flatMap(by =>
    by.loads.filter(({ kind }) => kind === 'base').map(load => ({ by, load })),
  );
  const wrong = bases.find(entry => {
    const place = host.realPath(entryPath(entry));
    const target = kustomizations.find(({ folder }) => folder === place);
    return target !== undefined && isComponent(target) !== isInComponents(entry);
  });
  if (wrong === undefined) return undefined;
  const name = shownRemote(wrong.load.entry);
  const message = isInComponents(wrong)
    ? `${name} is listed under components and is no Component`
    : `${name} is a Component, which only components may list`;
  return { at: entryPlace(wrong), message };
}

function isInComponents({ load }: KustomizationEntry): boolean {
  return isField(String(load.path[0]), 'components');
}

/** The entries of all kustomizations that name a file or folder. */
function entriesOf({ closure }: Failed): KustomizationEntry[] {
  return closure.kustomizations.flatMap(by =>
    by.loads
      .filter(({ kind, entry }) => kind !== 'chart' && entry.trim() !== '' && !isRemote(entry))
      .map(load => ({ by, load })),
  );
}

/** Blames an entry; `words` say what is wrong with it. */
function blame(
  entry: KustomizationEntry | undefined,
  words: (name: string) => string,
): Blame | undefined {
  if (entry === undefined) return undefined;
  const name = entryName(entry);
  return { at: entryPlace(entry), ...(name !== '' && { message: words(shownRemote(name)) }) };
}

/** An entry whose file does not exist, or is a folder. */
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

/** The entry that sets up functions, if it is the only one. */
export function functionEntry(failed: Failed): Blame | undefined {
  const [entry, ...others] = entriesOf(failed).filter(({ load }) => load.kind === 'function');
  return entry === undefined || others.length > 0 ? undefined : { at: entryPlace(entry) };
}

/** An entry for a folder without a kustomization. */
export function bareFolder(failed: Failed): Blame | undefined {
  const bare = entriesOf(failed).find(entry => {
    const place = entryTarget(entry, failed.host);
    if (place === undefined || !failed.host.isFolder(place)) return false;
    return kustomizationsOf({ shown: place, place }, failed.host).length === 0;
  });
  return blame(bare, name => `${name} has no kustomization file, or a link that leads out of it`);
}

/** An entry for its own kustomization or a folder above it, or else for the kustomization that is built. */
export function circularEntry(failed: Failed): Blame | undefined {
  const [top] = failed.closure.kustomizations;
  const leadsTo = (entry: KustomizationEntry): string => entryTarget(entry, failed.host) ?? '';
  const entries = entriesOf(failed);
  const circular =
    entries.find(entry => leadsTo(entry) !== '' && isBelow(leadsTo(entry), entry.by.folder)) ??
    entries.find(entry => top !== undefined && isBelow(leadsTo(entry), top.folder));
  return blame(circular, name => `${name} is built on itself`);
}

/** An entry for a file that is not below its kustomization. */
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

/** The innermost entry that kustomize's message names. */
export function namedEntry(failed: Failed): Blame | undefined {
  const names = [...failed.text.matchAll(/(?:from|File:) '?([^'\n]{1,500})/g)].reverse();
  const entries = entriesOf(failed);
  const [named] = names.flatMap(([, name = '']) =>
    entries.filter(({ load }) => load.entry === name.trim()),
  );
  return named && { at: entryPlace(named) };
}

/** The entry that brings an object a second time, and the object's name from kustomize's message. */
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

/** The place of the first fault of YAML in a file. */
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

/** A failed build. */
interface Failed {
  readonly closure: Closure;
  readonly host: Host;
  /** kustomize's message, which is never shown. */
  readonly text: string;
}

/** The place of a failure, and a message that says more than the general one. */
interface Blame {
  readonly at?: Place;
  readonly message?: string;
}

/** A failure of kustomize in our words. */
export interface Explanation {
  /** Matches kustomize's message. */
  readonly test: RegExp;
  readonly message: string;
  readonly hint?: string;
  /** The build may have failed because parts of it were not read. */
  readonly mayLack?: true;
  readonly find?: (failed: Failed) => Blame | undefined;
}
