import { join, resolve } from 'node:path';
import type { Path, Place } from '../../core/finding.ts';
import { type Host, isResolved, textOf } from '../../core/host.ts';
import { attempt, isMap, scalarText, textAt } from '../../core/json.ts';
import { type KubeObject, manifestsOf } from '../../core/kube-object.ts';
import { oncePer, oncePerText } from '../../core/once.ts';
import { hideSecrets } from '../../core/secret-text.ts';
import { parseStream } from '../../yaml/parse.ts';
import { placesIn } from '../../yaml/places.ts';
import { NAMES } from '../folders.ts';
import { isBelow } from '../inside.ts';
import type { Allowed } from '../programs.ts';

/** A kustomization whose patches have targets: without one they fail where objects are missing. Old ones first. */
export function withTargets(map: object, by: Kustomization, host: Host): Record<string, unknown> {
  const read = (path: unknown): string | undefined => patchFile(path, by, host);
  const listed = (name: string): unknown[] =>
    Object.entries(map).flatMap(([key, value]) =>
      isField(key, name) && Array.isArray(value) ? value : [],
    );
  const old = listed('patchesStrategicMerge').map(entry => ({ patch: read(entry) ?? entry }));
  const patches = [...old, ...listed('patches')].flatMap(entry =>
    !isMap(entry) || entry['target'] !== undefined
      ? [entry]
      : targeted(entry, entry['patch'] ?? read(entry['path'])),
  );
  const others = Object.entries(map).filter(
    ([key]) => !['patches', 'patchesStrategicMerge'].some(name => isField(key, name)),
  );
  return { ...Object.fromEntries(others), ...(patches.length > 0 && { patches }) };
}

/** The text of the file that a patch names; undefined: there is none. */
export function patchFile(path: unknown, by: Kustomization, host: Host): string | undefined {
  const place = host.realPath(resolve(by.folder, scalarText(path)));
  return place === undefined || host.isFolder(place) ? undefined : textOf(place, host);
}

function targeted(entry: object, text: unknown): unknown[] {
  const objects = typeof text === 'string' ? manifestsOf(parseStream(text).value ?? []) : [];
  if (objects.length === 0) return [entry];
  const { path: _, ...rest } = { path: undefined, ...entry };
  return objects.map(({ object }) => {
    return { ...rest, patch: JSON.stringify(object), target: targetOf(object) };
  });
}

function targetOf(object: KubeObject): object {
  const { apiVersion, kind } = object;
  const [version = '', group] = apiVersion.split('/').reverse();
  const [name, namespace] = ['name', 'namespace'].map(field => textAt(object, 'metadata', field));
  const parts = Object.entries({ group, version, kind, name, namespace });
  return Object.fromEntries(
    parts.flatMap(([part, text]) =>
      text === undefined ? [] : [[part, text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')]],
    ),
  );
}

export interface Kustomization {
  readonly folder: string;
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** The text of the file, where a deployment object adds fields to it: places are in this one. */
  readonly written?: string;
  /** The first document, as kustomize reads it; undefined where it is no YAML. */
  readonly document: unknown;
}

export interface Folder {
  readonly shown: string;
  readonly place: string;
  readonly written?: string | undefined;
}

/** The files that make a folder a kustomization (several are refused), but no link that leads out of the folder. */
export function kustomizationsOf(folder: Folder, host: Host): readonly Kustomization[] {
  const { shown, place, written } = folder;
  return written === undefined ? onceRead(host)(place)(shown) : readIn(folder, host);
}

/** Many kustomizations have the same bases and components. */
const onceRead = oncePer((host: Host) =>
  oncePerText(place => oncePerText(shown => readIn({ shown, place }, host))),
);

function readIn({ shown, place, written }: Folder, host: Host): Kustomization[] {
  return NAMES.flatMap(name => {
    const real = host.realPath(join(place, name));
    if (real === undefined || !isBelow(place, real) || host.isFolder(real)) return [];
    const text = host.kindOf(real) === 'file' ? textOf(real, host) : '';
    const [document] = parseStream(text).value ?? [];
    const content = { text, ...(written !== undefined && { written }), document };
    return [{ folder: place, name, file: join(shown, name), ...content }];
  });
}

export function isComponent({ document }: Kustomization): boolean {
  return valuesAt(document, ['kind']).some(({ value }) => value === 'Component');
}

/** Whether a text is no more than one document, which all readers read alike. */
export function isOneDocument(text: string): boolean {
  const documents = parseStream(text).value?.filter(document => document !== null);
  return documents !== undefined && documents.length < 2;
}

/** The path where kustomize looks for an entry's file. */
export function entryPath({ by, kind, entry }: Load): string {
  const path = kind === 'source' ? sourcePath(entry) : entry;
  const below = `${by.folder}/${path.startsWith('./') ? path.slice(2) : path}`;
  return isResolved(below) ? below : resolve(by.folder, path);
}

/** The place of an entry's file or folder; undefined: there is none, or it is on a server. */
export function entryTarget(load: Load, host: Host): string | undefined {
  const isNamed = load.entry.trim() !== '' && !isRemote(load.entry);
  return isNamed ? host.realPath(entryPath(load)) : undefined;
}

/** The name in an entry. An entry that is YAML itself has none, as it may hold a secret. */
export function entryName({ by, kind, entry, path }: Load): string {
  if (kind === 'chart') return textAt(by.document, ...path, 'name') ?? '';
  return /[\n{}]|:\s/.test(entry) ? '' : entry;
}

export function entryPlace({ by, path }: Load): Place {
  const { file, text, written = text } = by;
  return placesIn({ file, text: written })({ path });
}

export interface Buildable {
  readonly folder: string;
  readonly file: string;
  /** The folder that its files may not leave. */
  readonly root: string;
  readonly allowed: Allowed;
  /** Its files may be anywhere below the root: its deployment object lifts kustomize's restriction. */
  readonly isUnrestricted?: boolean;
  /** The text of its file, where its deployment object adds fields to it. */
  readonly written?: string;
  /** The machine without the one file that its deployment object lays over it. */
  readonly under?: { readonly place: string; readonly host: Host };
}

/** A file, folder or chart that kustomize loads for a kustomization or a function. */
export interface Load {
  readonly by: Kustomization;
  readonly kind: LoadKind;
  /** As it is written; empty for a chart. */
  readonly entry: string;
  readonly path: Path;
  /** The part of the document that is taken out if it is not loaded. */
  readonly unit: Path;
}

/** `base`: objects, or a kustomization. `function`: the same, to set up a function. `source`: a file, maybe `KEY=`. */
type LoadKind = 'base' | 'function' | 'file' | 'source' | 'chart';

/** A field, with `*` for the items of a list, and how many steps of its path are the `unit`. */
type Field = readonly [kind: LoadKind, field: string, unit?: number];

const GENERATOR = ['files.*', 'envs.*', 'env'];

/** The fields of a kustomization that name something to load (kustomize, api/types/kustomization.go). */
const FIELDS: readonly Field[] = [
  ['base', 'resources.*'],
  ['base', 'bases.*'],
  ['base', 'components.*'],
  ['function', 'generators.*'],
  ['function', 'transformers.*'],
  ['function', 'validators.*'],
  ['file', 'crds.*'],
  ['file', 'configurations.*'],
  ['file', 'openapi.path', 1],
  ['file', 'patches.*.path', 2],
  ['file', 'patchesStrategicMerge.*'],
  ['file', 'patchesJson6902.*.path', 2],
  ['file', 'replacements.*.path', 2],
  ...['configMapGenerator', 'secretGenerator'].flatMap(name =>
    GENERATOR.map((field): Field => ['source', `${name}.*.${field}`]),
  ),
  ['chart', 'helmCharts.*'],
  ['chart', 'helmChartInflationGenerator.*'],
];

/** The fields that any of kustomize's own functions loads (api/internal/builtins). */
const FUNCTION_FIELDS: readonly Field[] = [
  ...GENERATOR.map((field): Field => ['source', field]),
  ['file', 'path'],
  ['file', 'paths.*'],
  ['file', 'replacements.*.path'],
  ['file', 'targetFilePath'],
];

const loadsIn = oncePer((document: object) => FIELDS.flatMap(field => loadsAt(document, field)));

export const loadsOf: (by: Kustomization) => readonly Load[] = oncePer((by: Kustomization) =>
  isMap(by.document) ? loadsIn(by.document).map(load => ({ by, ...load })) : [],
);

/** The loads of an object that sets up a function, and of all maps in it, as it may be a List. */
export function functionLoads(object: unknown): Omit<Load, 'by'>[] {
  if (typeof object !== 'object' || object === null) return [];
  const kinds = valuesAt(object, ['kind']).map(({ value }) => value);
  return [
    // kustomize's own function that calls helm.
    ...(kinds.includes('HelmChartInflationGenerator')
      ? [{ kind: 'chart', entry: '', path: [], unit: [] } as const]
      : []),
    ...FUNCTION_FIELDS.flatMap(field => loadsAt(object, field)),
    ...Object.values(object).flatMap(functionLoads),
  ];
}

function loadsAt(document: unknown, [kind, field, steps]: Field): Omit<Load, 'by'>[] {
  return valuesAt(document, stepsOf(field)).flatMap(({ value, path }) =>
    typeof value === 'string' || kind === 'chart'
      ? [{ kind, entry: typeof value === 'string' ? value : '', path, unit: path.slice(0, steps) }]
      : [],
  );
}

const stepsOf = oncePerText(field => field.split('.'));

/** The values of a field: several, as its name may be there in capitals too. */
export function valuesAt(
  document: unknown,
  [step, ...rest]: readonly string[],
  path: Path = [],
): { readonly value: unknown; readonly path: Path }[] {
  if (step === undefined) return [{ value: document, path }];
  if (Array.isArray(document))
    return step === '*' ? document.flatMap((item, at) => valuesAt(item, rest, [...path, at])) : [];
  if (step === '*' || !isMap(document)) return [];
  return Object.keys(document)
    .filter(key => isField(key, step))
    .flatMap(key => valuesAt(document[key], rest, [...path, key]));
}

/** Whether Go's decoder of JSON takes a key for a field: in any case, by Unicode's simple folding (`reſources`). */
export function isField(key: string, field: string): boolean {
  return key.length === field.length && (key === field || folded(key) === folded(field));
}

const folded = oncePerText(name => name.toUpperCase().toLowerCase());

/** Whether kustomize would fetch an entry (git/repospec.go, loader/fileloader.go), and a little more: schemes in any case. */
export function isRemote(entry: string): boolean {
  return /^\s*(?:[a-z0-9]{1,20}::|https?:|(?:ssh|git|file|ftp):\/\/|github\.com[/:]|[a-z][a-z0-9-]*@[^/:]*[/:])/i.test(
    entry,
  );
}

/** Whether git, which gets an entry as an argument, could take a part of it for an option. */
export function hasOption(entry: string): boolean {
  const decoded = attempt(() => decodeURIComponent(entry.replaceAll('+', ' '))) ?? entry;
  return [entry, decoded].some(text => /(?:^|[/?&=:@#;\s])-/.test(text));
}

/** The path in an entry of `files`, which may have a key before it: `key=path`. */
export function sourcePath(entry: string): string {
  return entry.slice(entry.lastIndexOf('=') + 1);
}

/** An entry as a message shows it: without a login, and without values of a query except plain refs. */
export function shownRemote(entry: string): string {
  const [line = '', ...more] = entry.trim().split(/[\r\n]/, 2);
  const open = line
    .replace(/\/\/(?!git@)[^/@]*@/, '//…@')
    .replaceAll(/([?&][\w-]*=)([^&]*)/g, (_, name: string, ref: string) =>
      /^[?&](?:ref|version)=$/i.test(name) && /^\w[\w./-]*$/.test(ref) ? name + ref : `${name}…`,
    );
  const shown = hideSecrets(open);
  return shown.length > MOST || more.length > 0 ? `${shown.slice(0, MOST)}…` : shown;
}

const MOST = 160;
