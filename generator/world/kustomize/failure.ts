import type { Finding, Place } from '../../core/finding.ts';
import { type Host, textOf } from '../../core/host.ts';
import { textAt } from '../../core/json.ts';
import { wordsOfProgram } from '../../core/shown.ts';
import { parseStream } from '../../yaml/parse.ts';
import { locate } from '../../yaml/places.ts';
import { isBelow } from '../inside.ts';
import { type ManifestSource, topOf } from '../source.ts';
import { refused } from './bombs.ts';
import { type Closure, shownFile } from './closure.ts';
import type { Buildable, Load } from './kustomization.ts';
import {
  entryName,
  entryPlace,
  entryTarget,
  isRemote,
  kustomizationsOf,
  loadsOf,
  shownRemote,
  sourcePath,
  valuesAt,
} from './kustomization.ts';

interface Failed extends Pick<Buildable, 'file' | 'isUnrestricted'> {
  readonly closure: Closure;
  readonly host: Host;
  readonly stderr: string;
}

/** Why kustomize failed, without values. A fault of a file counts even if something else was not read: appliers fail too. */
export function failureOf(
  failed: Failed,
): { readonly finding: Finding } & Pick<ManifestSource, 'fails'> {
  const lost = misplaced(failed);
  const { message, at, hint } = lost ?? brokenFile(failed) ?? itsWords(failed);
  const isWhole = failed.closure.unread.length === 0;
  const isSure = isWhole && lost === undefined && !LACKING.test(failed.stderr);
  if (hint !== undefined || isWhole)
    return { finding: refused(message, hint, at), fails: isSure ? 'surely' : 'likely' };
  const finding = refused(message, 'It may be that it needs what was not read.', at);
  return { finding: { ...finding, severity: 'warning' } };
}

/** A file is not here: an applier may have it of a submodule, an `include` or a copy, or take files from beside. */
const LACKING = /no such file|unable to find|not in or below/;

interface Reason {
  readonly message: string;
  readonly at: Place;
  /** Absent: the reason is kustomize's own words, and may only be that something was not read. */
  readonly hint?: string;
}

function misplaced(failed: Failed): Reason | undefined {
  const { kustomizations } = failed.closure;
  const second = kustomizations.find((by, index) =>
    kustomizations.slice(0, index).some(({ folder }) => folder === by.folder),
  );
  const message = 'its folder has several kustomization files';
  if (second !== undefined) return { message, at: topOf(second.file), hint: 'Keep one of them.' };
  for (const load of kustomizations.flatMap(loadsOf)) {
    const reason = badTarget(load, failed);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function badTarget(load: Load, failed: Failed): Reason | undefined {
  const written = entryName(load);
  const isPath = load.kind !== 'chart' && !isRemote(load.entry) && written.split('=').length < 3;
  if (!isPath || written === '') return undefined;
  const name = shownRemote(load.kind === 'source' ? sourcePath(written) : written);
  const place = entryTarget(load, failed.host);
  const at = entryPlace(load);
  const absent = { message: `there is no ${name}`, at, hint: CHECK };
  if (place === undefined) return load.kind === 'function' ? undefined : absent;
  const isFolder = failed.host.isFolder(place);
  const found = isFolder ? badFolder(load, place, failed) : badFile(load.by.folder, place, failed);
  return found && { message: `${name} ${found.what}`, at, hint: found.hint };
}

function badFile(folder: string, place: string, { isUnrestricted }: Failed) {
  if (isUnrestricted === true || isBelow(folder, place)) return undefined;
  return {
    what: 'is outside of the folder of its kustomization, where kustomize reads no files',
    hint: 'Move it below, or list a folder with a kustomization.',
  };
}

function badFolder({ kind }: Load, place: string, { host }: Failed) {
  if (kind === 'file' || kind === 'source')
    return { what: 'is a folder, and a file is wanted', hint: CHECK };
  if (kustomizationsOf({ shown: place, place }, host).length > 0) return undefined;
  return {
    what: 'has no kustomization file, or a link that leads out of it',
    hint: 'List its files, or give it a kustomization.',
  };
}

const CHECK = 'Check the path, which counts from the folder of the kustomization.';

function brokenFile({ closure, host }: Failed): Reason | undefined {
  for (const file of closure.files.values()) {
    if (!/\.(ya?ml|json)$/.test(file)) continue;
    const text = textOf(file, host);
    const by = closure.kustomizations.findLast(({ folder }) => isBelow(folder, file));
    const shown = by === undefined ? file : shownFile(file, by);
    const broken = parseStream(text).faults.filter(({ id }) => id !== 'ambiguous-yaml');
    const [fault] = locate(broken, { file: shown, text, isStream: true });
    if (fault?.at !== undefined)
      return { message: fault.message, at: fault.at, hint: fault.hint ?? 'Mend the YAML.' };
  }
  return undefined;
}

function itsWords(failed: Failed): Reason {
  const { stderr, closure, file } = failed;
  const text = stderr.slice(Math.max(0, stderr.indexOf('Error: '))).replace(/^Error: /, '');
  // What a function is set up with takes several lines, and says nothing that its file does not.
  const message = text.replace(/ with config: `[^`]{0,20000}`/, '').replace(/:\r?\n/, ': ');
  const [line = ''] = message.split(/\r?\n/, 1);
  const hidden = valuesIn(failed);
  const shown = line
    .slice(0, 2000)
    .replaceAll(/(?<=^|[\s'"(=])\/[^\s'":]{0,400}\/(?=[^\s'":/])/g, '') // Folders that may be copies.
    .replaceAll(/&\{[^}]{0,2000}\}|0x\w{1,40}|\S{400,}/g, '…')
    .replaceAll(WORD, word => (hidden.has(word) ? '…' : word));
  const named = [...line.matchAll(/(?:from|File:) '?([^'\n]{1,500})/g)].reverse();
  const loads = closure.kustomizations.flatMap(loadsOf);
  const [load] = named.flatMap(([, name = '']) =>
    loads.filter(({ entry }) => entry === name.trim()),
  );
  return {
    message: /\w/.test(shown) ? wordsOfProgram(shown.trim()) : 'it does not say why',
    at: load === undefined ? topOf(file) : entryPlace(load),
  };
}

function valuesIn({ closure: { kustomizations, files }, host }: Failed): Set<string> {
  const texts = [
    ...kustomizations.map(({ text }) => text),
    ...[...new Set(files.values())].map(file => textOf(file, host)),
  ];
  const namesOf = (path: readonly string[]): string[] =>
    kustomizations.flatMap(({ document }) =>
      valuesAt(document, path).flatMap(({ value }) => (typeof value === 'string' ? [value] : [])),
    );
  const loads = kustomizations.flatMap(loadsOf).filter(({ kind }) => kind !== 'source');
  const manifests = [...texts, ...PATCHES.flatMap(namesOf)];
  const names = manifests.flatMap(text => (parseStream(text).value ?? []).flatMap(namesIn));
  const words = new Set(texts.flatMap(valueWords));
  const shown = [...names, ...loads.map(({ entry }) => entry), ...GENERATED.flatMap(namesOf)];
  for (const word of shown.flatMap(wordsOf)) words.delete(word);
  return words;
}

function valueWords(text: string): string[] {
  const { value } = parseStream(text);
  return value === undefined ? wordsOf(text) : wordsOf(JSON.stringify(value));
}

/** Where a kustomization names what it makes. */
const GENERATED = ['configMapGenerator', 'secretGenerator'].map(field => [field, '*', 'name']);

/** Where a kustomization holds manifests itself. */
const PATCHES = [
  ['patches', '*', 'patch'],
  ['patchesStrategicMerge', '*'],
] as const;

function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** A shorter word is no value that anybody guards. */
const WORD = /[\w-]{4,}/g;

function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const identity = [['apiVersion'], ['kind'], ['metadata', 'name'], ['metadata', 'namespace']];
  return [
    ...identity.flatMap(path => textAt(value, ...path) ?? []),
    ...Object.keys(value),
    ...Object.values(value).flatMap(namesIn),
  ];
}
