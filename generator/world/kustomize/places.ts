import { basename, dirname, join } from 'node:path';
import type { Path, Place } from '../../core/finding.ts';
import { type Host, textOf } from '../../core/host.ts';
import {
  groupBy,
  hasText,
  isMap,
  isSame,
  type Json,
  mapAt,
  pathOf,
  scalarText,
  textAt,
  valueAt,
} from '../../core/json.ts';
import { asJson, type KubeObject, type Manifest, manifestsOf } from '../../core/kube-object.ts';
import { hasPieces } from '../../core/names.ts';
import { onceFor, oncePerText } from '../../core/once.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { pathInPart } from '../../kinds/merge-keys.ts';
import { parseAmbiguous, parseStream } from '../../yaml/parse.ts';
import { type PlaceOf, placesIn } from '../../yaml/places.ts';
import { boundsOf, isBelow, isNamedFile } from '../inside.ts';
import { topOf } from '../source.ts';
import { encryptedIn } from './closure.ts';
import type { Folder, Kustomization } from './kustomization.ts';
import {
  entryTarget,
  isComponent,
  isField,
  kustomizationsOf,
  loadsOf,
  sourcePath,
  valuesAt,
} from './kustomization.ts';

interface Part extends Manifest {
  readonly isPatch: boolean;
  /** What it has at a path; absent: what the object has. */
  readonly operation?: (path: Path) => unknown;
  readonly places: PlaceOf;
  /** The key of a generated ConfigMap that it gives; empty: the ConfigMap itself, whose name gets a hash. */
  readonly generated?: string;
}

interface Input extends Part {
  readonly rename: Rename;
  readonly namespace?: string | undefined;
}

type Rename = (name: string) => string;

/**
 * Places in the files that a kustomization is built from: where a patch or a resource of the object has the same
 * value at the field. For a field that is missing, and for a map that patches add to, it is the only resource that
 * has the object's kind and name, prefixes and suffixes of names and variables of Flux taken into account. Of what a
 * kustomization sets itself it is the entry that does; what it makes has no place. `disk` has the files without what
 * an applier lays over them, and `over` are its patches.
 */
export function kustomizationPlaces(
  host: Host,
  disk: Host = host,
  over: readonly TextPatch[] = [],
): (file: string, object: PlacedObject, path: Path) => Place | undefined {
  const rename = (name: string): string => name;
  const laid = onceFor(() =>
    over.flatMap(patch => patchOf(patch, disk)).map(part => ({ ...part, rename })),
  );
  const inputs = oncePerText((file: string) => {
    const shown = dirname(file);
    const place = host.realPath(shown);
    if (place === undefined) return sorted(laid());
    const level = { folder: { shown, place }, rename, above: [], root: boundsOf(shown, host) };
    return sorted([...laid(), ...inputsOf(level, { host, disk })]);
  });
  return (root, object, path) => placeIn(inputs(root), object, path);
}

/** Inputs by what an object asks for: thousands of objects each ask for their few. */
function sorted(inputs: readonly Input[]) {
  const parts = inputs.filter(input => input.generated === undefined);
  const kinds = groupBy(
    parts.filter(part => part.operation === undefined),
    part => part.object.kind,
  );
  return {
    generated: inputs.filter(input => input.generated !== undefined),
    operations: parts.filter(part => part.operation !== undefined),
    ofKind: oncePerText((kind: string) => {
      const all: readonly Input[] = kinds.get(kind) ?? [];
      return { all, renamed: groupBy(all, part => part.rename(writtenName(part) ?? '')) };
    }),
  };
}

type Inputs = ReturnType<typeof sorted>;

function placeIn(inputs: Inputs, { json }: PlacedObject, path: Path): Place | undefined {
  const [field, key] = path;
  const generated = inputs.generated.filter(input => isMadeOf(input, json));
  const ofKey = generated.find(input => field === 'data' && input.generated === key);
  if (ofKey !== undefined) return ofKey.places({ path });
  const parts = partsOfObject(inputs, json);
  const value = valueAt(json, path);
  const written = parts.map(part => {
    const { object, operation, rename } = part;
    if (operation !== undefined) return { part, path, rename, value: operation(path) };
    const found = pathInPart(asJson(json), asJson(object), path);
    // A list whose items kustomize renamed has the same indexes in both.
    const isRenamed = found.includes(-1) && isBuilt(valueAt(object, path), value, rename);
    const inPart = isRenamed ? path : found;
    return { part, path: inPart, rename, value: valueAt(object, inPart) };
  });
  const origin = written.find(
    ({ part, value: inPart, rename }) =>
      isBuilt(inPart, value, rename) &&
      !(part.isPatch && part.operation === undefined && IDENTITY.includes(path.join('.'))),
  );
  if (origin !== undefined) return placeAt(origin.part, origin.path);
  const resources = written.filter(({ part }) => !part.isPatch);
  const whole = generated.find(input => input.generated === '');
  if (whole !== undefined && resources.length === 0) return whole.places({ path });
  const isAlike = (inPart: unknown): boolean =>
    inPart === undefined ? value === undefined || isMap(value) : isMap(value) && isMap(inPart);
  return resources.every(({ value: inPart }) => isAlike(inPart))
    ? onlyPlace(resources.map(({ part, path: inPart }) => placeAt(part, inPart)))
    : undefined;
}

const IDENTITY = ['apiVersion', 'kind', 'metadata.name', 'metadata.namespace'];

/** The place, where all are the same: a base that is used twice has its objects twice. */
function onlyPlace([place, ...others]: readonly Place[]): Place | undefined {
  return others.every(sibling => isSame(sibling, place)) ? place : undefined;
}

function placeAt({ path: object, places }: Input, path: Path): Place {
  return places({ path: [...object, ...path] });
}

/** The inputs that an object is made of. Some kinds, such as Namespaces, keep their names. */
function partsOfObject(inputs: Inputs, { kind, metadata }: KubeObject): Input[] {
  const { name, namespace } = metadata;
  const operations = inputs.operations.filter(part => isTarget(part, kind, name));
  const named = namedParts(inputs.ofKind(kind), name);
  // Of two namesakes that of the namespace, unless a component or an applier gives all another one.
  const isThere = (part: Input): boolean =>
    [undefined, namespace].includes(part.namespace ?? part.object.metadata.namespace);
  const inNamespace = named.filter(isThere);
  return inNamespace.some(({ isPatch }) => !isPatch)
    ? [...operations.filter(isThere), ...inNamespace]
    : [...operations, ...named];
}

function isTarget({ object, rename }: Input, kind: string, name: string | undefined): boolean {
  const { kind: kinds, metadata } = object;
  const names = metadata.name ?? '';
  const isNamed = /^[a-z0-9.-]*$/.test(names) && names !== '';
  return (kinds === '' || kinds === kind) && (!isNamed || names === name || rename(names) === name);
}

function namedParts(
  { all, renamed }: ReturnType<Inputs['ofKind']>,
  name: string | undefined,
): readonly Input[] {
  const found = renamed.get(name ?? '\0');
  if (found !== undefined) return found;
  const kept = all.filter(part => (writtenName(part) ?? '') === name);
  if (kept.length > 0) return kept;
  return all.filter(part => becomes(part.rename(writtenName(part) ?? ''), name ?? ''));
}

function isMadeOf(part: Input, { kind, metadata: { name = '' } }: KubeObject): boolean {
  const made = part.rename(writtenName(part) ?? '');
  return part.object.kind === kind && [name, name.replace(/-[a-z0-9]{10}$/, '')].includes(made);
}

function writtenName({ object }: Input): string | undefined {
  return textAt(object, 'metadata', 'name');
}

function isBuilt(written: unknown, built: unknown, rename: Rename): boolean {
  if (built === undefined) return false;
  if (typeof written === 'string') {
    if (rename(written) === built) return true;
    return !isMap(built) && !Array.isArray(built) && becomes(written, scalarText(built));
  }
  if (!hasText(written, text => text.includes('${'))) return isSame(written as Json, built as Json);
  const isEach = (field: string | number): boolean =>
    isBuilt(valueAt(written, [field]), valueAt(built, [field]), name => name);
  const fields = (value: unknown): (string | number)[] =>
    Array.isArray(value) ? [...value.keys()] : Object.keys(mapAt(value));
  return fields(written).length === fields(built).length && fields(written).every(isEach);
}

function becomes(written: string, filled: string): boolean {
  if (!written.includes('${')) return written === filled;
  // Flux leaves ${A} of $${A}.
  const parts = written.replaceAll('$${', '\0').split(/\$\{[^}]{0,200}\}/);
  const pieces = parts.map(part => part.replaceAll('\0', '${'));
  return hasPieces(pieces, filled);
}

interface Level {
  readonly folder: Folder;
  readonly rename: Rename;
  readonly namespace?: string | undefined;
  /** The folders of those above: a kustomization may build on itself. */
  readonly above: readonly string[];
  readonly root: string;
}

/** All inputs, patches and kustomizations before what they build on: of `host`, where kustomize built, as `disk` has its files. */
function inputsOf(outermost: Level, machines: Readonly<Record<'host' | 'disk', Host>>): Input[] {
  const { folder, above, root, ...outer } = outermost;
  const { host, disk } = machines;
  const { place, shown } = folder;
  if (above.includes(place)) return [];
  const onDisk = kustomizationsOf(folder, disk);
  return kustomizationsOf(folder, host).flatMap(by => {
    const prefix = textAt(by.document, 'namePrefix') ?? '';
    const suffix = textAt(by.document, 'nameSuffix') ?? '';
    const rename: Rename = name => outer.rename(prefix + name + suffix);
    // A component changes resources of others too.
    const namespace = isComponent(by) ? undefined : textAt(by.document, 'namespace');
    const level = { rename, namespace: outer.namespace ?? namespace };
    const below = loadsOf(by).flatMap(load => {
      const real = entryTarget(load, host);
      if (real === undefined || !isBelow(root, real)) return [];
      return [{ load, place: real, shown: join(shown, load.entry), isFolder: host.isFolder(real) }];
    });
    const ofKind = (kind: string, isFolder: boolean): typeof below =>
      below.filter(entry => entry.load.kind === kind && entry.isFolder === isFolder);
    const resources = [
      ...ofKind('base', false).map(({ shown: file }) => file),
      ...ofKind('function', false).flatMap(({ place: file }) => encryptedBy(file, shown, host)),
    ];
    const parts = [
      ...onDisk
        .filter(({ name }) => name === by.name)
        .flatMap(written => [...setFields(written), ...inlinePatches(written, disk)]),
      ...ofKind('file', false)
        .filter(({ load }) => PATCHES.some(field => isField(String(load.path[0]), field)))
        .flatMap(({ load, shown: file }) =>
          partsAt(file, host, (text, places) => patchesIn(text, targetOf(by, load.path), places)),
        ),
      ...resources.flatMap(file =>
        partsAt(file, host, (text, places) => objectsIn(text, false, places)),
      ),
      ...generatedParts(by, shown, host),
    ];
    const bases = ofKind('base', true).flatMap(base =>
      inputsOf({ folder: base, ...level, above: [...above, place], root }, machines),
    );
    return [...parts.map(part => ({ ...part, ...level })), ...bases];
  });
}

function encryptedBy(file: string, shown: string, host: Host): string[] {
  const documents = parseStream(textOf(file, host)).value ?? [];
  return (encryptedIn(documents) ?? []).map(entry => join(shown, entry));
}

const PATCHES = ['patches', 'patchesStrategicMerge'];

function targetOf({ document }: Pick<Kustomization, 'document'>, [field = '', index = 0]: Path) {
  return valueAt(document, [field, index, 'target']);
}

function partsAt(file: string, host: Host, partsIn: (text: string, places: PlaceOf) => Part[]) {
  if (!isNamedFile(file, host)) return [];
  const text = textOf(file, host);
  return partsIn(text, placesIn({ file, text, isStream: true }));
}

function setFields({ file, text, document }: Kustomization): Part[] {
  const places = placesIn({ file, text });
  return SETTERS.flatMap(([field, sets]) =>
    valuesAt(document, field.split('.')).flatMap(({ value: entry, path }) =>
      sets(entry).map(({ step = [], name = '', value, isAt }) => ({
        object: { apiVersion: '', kind: '', metadata: { name } },
        path: [],
        isPatch: true,
        operation: (at: Path) => (isAt(at) ? value : undefined),
        places: () => places({ path: [...path, ...step] }),
      })),
    ),
  );
}

interface SetField {
  /** Where it is in its entry. */
  readonly step?: Path;
  /** The object; absent: all of them. */
  readonly name?: string;
  readonly value: unknown;
  readonly isAt: (path: Path) => boolean;
}

const SETTERS: readonly (readonly [field: string, sets: (entry: unknown) => SetField[]])[] = [
  ['namespace', value => [{ value, isAt: path => path.join('.') === 'metadata.namespace' }]],
  [
    'replicas.*',
    entry => [
      {
        name: textAt(entry, 'name') ?? '',
        value: valueAt(entry, ['count']),
        isAt: path => path.join('.') === 'spec.replicas',
      },
    ],
  ],
  ['images.*', entry => [{ value: imageOf(entry), isAt: path => path.at(-1) === 'image' }]],
  ['labels.*.pairs', pairs => fieldsOfPairs(pairs, ['labels', 'matchLabels', 'selector'])],
  ['commonLabels', pairs => fieldsOfPairs(pairs, ['labels', 'matchLabels', 'selector'])],
  ['commonAnnotations', pairs => fieldsOfPairs(pairs, ['annotations'])],
];

function fieldsOfPairs(pairs: unknown, fields: readonly string[]): SetField[] {
  return Object.entries(mapAt(pairs)).map(([name, value]) => ({
    step: [name],
    value,
    isAt: path => path.at(-1) === name && fields.includes(String(path.at(-2))),
  }));
}

function imageOf(entry: unknown): string | undefined {
  const { name, newName, newTag: tag, digest } = mapAt(entry);
  const image = scalarText(newName ?? name);
  if (digest !== undefined) return `${image}@${scalarText(digest)}`;
  return tag === undefined ? undefined : `${image}:${scalarText(tag)}`;
}

function inlinePatches({ file, text, document }: Kustomization, disk: Host): Part[] {
  const places = placesIn({ file, text });
  return valuesAt(document, ['patches', '*', 'patch']).flatMap(({ value: patch, path }) => {
    const target = targetOf({ document }, path);
    return typeof patch === 'string' ? patchOf({ patch, target, at: places({ path }) }, disk) : [];
  });
}

export interface TextPatch {
  readonly patch: string;
  readonly target: unknown;
  readonly at: Place;
}

function patchOf({ patch, target, at }: TextPatch, disk: Host): Part[] {
  const { file } = at;
  const inPatch = placesIn({ file, text: patch, isStream: true });
  // A block of text begins behind the line with its sign, and each line of the patch is one of it.
  const before = textOf(file, disk).split('\n')[at.line - 2] ?? '';
  const isBlock = /\|[-+0-9]*\s*$/.test(before);
  return patchesIn(patch, target, field => {
    const { line, column } = inPatch(field);
    return isBlock ? { file, line: at.line + line - 1, column: at.column + column - 1 } : at;
  });
}

function patchesIn(text: string, target: unknown, places: PlaceOf): Part[] {
  return [...objectsIn(text, true, places), ...operationsIn(documentsIn(text), target, places)];
}

function objectsIn(text: string, isPatch: boolean, places: PlaceOf): Part[] {
  return manifestsOf(documentsIn(text)).map(manifest => ({ ...manifest, isPatch, places }));
}

function operationsIn(documents: readonly unknown[], target: unknown, places: PlaceOf): Part[] {
  const object: KubeObject = {
    apiVersion: '',
    kind: textAt(target, 'kind') ?? '',
    metadata: { name: textAt(target, 'name') ?? '' },
  };
  return valuesAt(documents, ['*', '*']).flatMap(({ value: entry, path: at }) => {
    const pointer = textAt(entry, 'path');
    const value = valueAt(entry, ['value']);
    if (pointer === undefined || value === undefined) return [];
    const steps = pathOf(pointer, undefined);
    const isAt = (path: Path): boolean =>
      steps.every((step, index) => String(path[index]) === step || (step === '-' && index in path));
    return {
      object,
      path: [],
      isPatch: true,
      operation: path => (isAt(path) ? valueAt(value, path.slice(steps.length)) : undefined),
      places: ({ path }) => places({ path: [...at, 'value', ...path.slice(steps.length)] }),
    };
  });
}

function documentsIn(text: string): readonly unknown[] {
  return parseStream(text).value ?? parseAmbiguous(text).value ?? [];
}

function generatedParts(by: Kustomization, shown: string, host: Host): Part[] {
  const written = placesIn({ file: by.file, text: by.written ?? by.text });
  return valuesAt(by.document, ['configMapGenerator', '*']).flatMap(({ value, path }) => {
    const name = textAt(value, 'name') ?? '';
    const partOf = (generated: string, places: PlaceOf): Part => ({
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
      path: [],
      isPatch: false,
      generated,
      places,
    });
    const files = valuesAt(value, ['files', '*']).flatMap(({ value: entry }) => {
      if (typeof entry !== 'string') return [];
      const source = sourcePath(entry);
      const key = entry.includes('=') ? entry.slice(0, entry.indexOf('=')) : basename(source);
      const file = join(shown, source);
      return isNamedFile(file, host) ? [partOf(key, placesOfData(file, host))] : [];
    });
    const literals = valuesAt(value, ['literals', '*']).flatMap(({ value: entry, path: at }) => {
      const [key] = typeof entry === 'string' ? entry.split('=') : [];
      return key === undefined ? [] : [partOf(key, () => written({ path: [...path, ...at] }))];
    });
    return [...files, ...literals, partOf('', () => written({ path: [...path, 'name'] }))];
  });
}

function placesOfData(file: string, host: Host): PlaceOf {
  const inFile = placesIn({ file, text: textOf(file, host) });
  return ({ path: [, , ...inner] }) => (inner.length === 0 ? topOf(file) : inFile({ path: inner }));
}
