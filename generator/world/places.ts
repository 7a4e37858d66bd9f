import { basename, dirname, join } from 'node:path';
import {
  type Fault,
  type Finding,
  fieldOf,
  type ObjectName,
  type Path,
  type Place,
} from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { hasText, isMap, isSame, type Json, scalarText, textAt, valueAt } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { type Manifest, manifestsOf } from '../core/manifests.ts';
import { oncePer, oncePerText } from '../core/once.ts';
import { type ObjectField, objectName, type PlacedObject, specOf } from '../kinds/kind.ts';
import { writtenAt, writtenObject } from '../kinds/placed-object.ts';
import { parseManifests } from '../yaml/parse.ts';
import { findingOf, type PlaceOf, placesIn } from '../yaml/places.ts';
import { isKustomization, withFiles } from './folders.ts';
import { boundsOf, isBelow, isNamedFile } from './inside.ts';
import { encryptedIn } from './kustomize/closure.ts';
import {
  entryTarget,
  type Folder,
  isField,
  type Kustomization,
  kustomizationsOf,
  parsed,
  sourcePath,
  valuesAt,
} from './kustomize/kustomization.ts';
import type { ManifestSource, ObjectSource } from './source.ts';

/** The place of a field of an object, where there is one. */
export type FieldPlace = (object: PlacedObject, path: Path) => Place | undefined;

/** Faults of objects as findings, with their lines. */
export function locateFaults(
  faults: readonly Fault<ObjectField>[],
  placeOf: FieldPlace,
): Finding[] {
  return faults.map(fault => {
    const finding = findingOf(fault, field => shownField(field, placeOf));
    const related = finding.related.map(place => ({ ...place, note: withoutName(place.note) }));
    return { ...finding, message: withoutName(finding.message), related };
  });
}

/** `Job ""`, which has a `generateName` or none at all, in words. */
function withoutName(text: string): string {
  return text.replaceAll(/\b([A-Z][A-Za-z]*) ""/g, '$1 without a name');
}

/** What a finding says of a field of an object: of one that another brings, where that has it from. */
export function shownField({ object, path }: ObjectField, placeOf: FieldPlace): ShownField {
  const written = writtenAt(object, path);
  const at = placeOf(written.object, written.path);
  return {
    field: fieldOf(written.path),
    ...(at !== undefined && { at }),
    object: objectName(writtenObject(object)),
  };
}

interface ShownField extends Pick<Finding, 'field' | 'at'> {
  readonly object: ObjectName;
}

/**
 * Where a field of an object is written: in the manifest or, of what kustomize made, in the file that
 * it took the field from; where that is not known, at the top of the kustomization. `inSpec` gives the
 * line of the spec that the object comes from, and is asked first.
 */
export function placesOfSources(
  all: Iterable<ObjectSource>,
  host: Host,
  inSpec: FieldPlace = () => undefined,
): FieldPlace {
  const sources = new Map([...all].map(source => [source.number, source]));
  const placesOf = oncePer(({ file, text = '' }: ObjectSource) =>
    placesIn({ file, text, isStream: true }),
  );
  const inKustomization = kustomizationPlaces(host);
  const inLaid = oncePer(({ laid }: ObjectSource) =>
    kustomizationPlaces(laid ? withFiles(host, new Map([[laid.place, laid.text]])) : host),
  );
  const inTemplate = templatePlaces(host);
  const placeOf: FieldPlace = (object, path) => {
    const source = sources.get(object.file);
    if (source === undefined) return undefined;
    if (!source.isBuilt) return placesOf(source)({ path: [...object.path, ...path] });
    const { file, laid } = source;
    if (source.helm !== undefined) return inTemplate(file, object, path);
    const inFiles = laid ? inLaid(source) : inKustomization;
    const last = hasCharts(source) ? inTemplate(file, object, path) : placeOfWhole(source, placeOf);
    return inSpec(object, path) ?? inFiles(file, object, path) ?? last;
  };
  return placeOf;
}

/** What is in no file of a folder comes of its applier: of its patches, or of the folder as a whole. */
function placeOfWhole({ file, laid, by }: ObjectSource, placeOf: FieldPlace): Place | undefined {
  if (laid === undefined) return atTop(file);
  const field = by && ['patches', 'path'].find(name => Object.hasOwn(specOf(by), name));
  const found = by && field !== undefined ? placeOf(by, ['spec', field]) : undefined;
  return found ?? (laid.isOverFile ? atTop(file) : undefined);
}

function hasCharts({ madeCharts }: ManifestSource): boolean {
  return madeCharts !== undefined && madeCharts.count > 0;
}

function atTop(file: string): Place {
  return { file, line: 1, column: 1 };
}

/**
 * Places in templates of charts, which are no YAML: the only line that has the field's value word by
 * word, else the only one that has its name, else where an object of the kind begins. In a
 * kustomization that has charts made it is the list of the charts.
 */
function templatePlaces(host: Host): (file: string, object: PlacedObject, path: Path) => Place {
  const linesOf = oncePerText((file: string): readonly string[] =>
    isNamedFile(file, host) ? textOf(file, host).split(/\r?\n/) : [],
  );
  return (file, object, path) => {
    const lines = linesOf(file);
    const value = valueAt(object.json, path);
    const isScalar = typeof value === 'string' || typeof value === 'number';
    const name = path.findLast(step => typeof step === 'string') ?? '';
    const words = isKustomization(basename(file))
      ? ['helmCharts:']
      : [`${name}:`, `kind: ${object.kind}`];
    const [place] = [...(isScalar ? [scalarText(value)] : []), ...words].flatMap(word =>
      placeOfWord(word, lines),
    );
    return place === undefined ? atTop(file) : { file, ...place };
  };
}

function placeOfWord(word: string, lines: readonly string[]): Omit<Place, 'file'>[] {
  if (word.length < 2) return [];
  const found = lines.flatMap((line, index) => {
    const column = line.indexOf(word);
    return column < 0 ? [] : [{ line: index + 1, column: column + 1 }];
  });
  return found.length === 1 ? found : [];
}

/** An object of a file that a kustomization is built from, or what an operation of a JSON patch says of one. */
interface Input extends Manifest {
  readonly isPatch: boolean;
  /** What it has at a path; absent: what the object has. */
  readonly operation?: (path: Path) => unknown;
  readonly places: PlaceOf;
  /** What becomes of its name, and of names that refer to others of its kustomization. */
  readonly rename: Rename;
  /** The key of a generated ConfigMap that it gives. */
  readonly generated?: string;
}

type Rename = (name: string) => string;

/** The place of a field of an object that kustomize built, from the kustomization's file on. */
type BuiltPlace = (root: string, object: PlacedObject, path: Path) => Place | undefined;

/**
 * Places in the files that a kustomization is built from: where a patch or a resource of the object has the same
 * value at the field. For a field that is missing, and for a map that patches add to, it is the only resource that
 * has the object's kind and name, prefixes and suffixes of names and variables of Flux taken into account. What a
 * kustomization says itself, or makes, has no place.
 */
function kustomizationPlaces(host: Host): BuiltPlace {
  const parts = oncePerText((root: string) => partsAt(root, host));
  return (root, object, path) => placeIn(parts(root), object, path);
}

function partsAt(file: string, host: Host): Input[] {
  const shown = dirname(file);
  const place = host.realPath(shown);
  if (place === undefined) return [];
  const root = boundsOf(shown, host);
  return partsOf({ folder: { shown, place }, outer: name => name, above: [], root }, host);
}

function placeIn(inputs: readonly Input[], { json }: PlacedObject, path: Path): Place | undefined {
  const [field, key] = path;
  const generated = inputs.find(input => input.generated === key && isMadeOf(input, json));
  if (field === 'data' && generated !== undefined) return generated.places({ path });
  const parts = partsOfObject(
    inputs.filter(input => input.generated === undefined),
    json,
  );
  const value = valueAt(json, path);
  const origin = parts.find(part => isBuilt(valueIn(part, path), value, part.rename));
  if (origin !== undefined) return placeAt(origin, path);
  const resources = parts.filter(({ isPatch }) => !isPatch);
  const isAlike = (written: unknown): boolean =>
    written === undefined ? value === undefined || isMap(value) : isMap(value) && isMap(written);
  return resources.every(part => isAlike(valueAt(part.object, path)))
    ? onlyPlace(resources.map(part => placeAt(part, path)))
    : undefined;
}

function valueIn({ object, operation }: Input, path: Path): unknown {
  return operation === undefined ? valueAt(object, path) : operation(path);
}

/** The place, where all are the same: a base that is used twice has its objects twice. */
function onlyPlace([place, ...others]: readonly Place[]): Place | undefined {
  const isSamePlace = others.every(other => JSON.stringify(other) === JSON.stringify(place));
  return isSamePlace ? place : undefined;
}

function placeAt({ path: object, places }: Input, path: Path): Place {
  return places({ path: [...object, ...path] });
}

/** The inputs that an object is made of. Some kinds, such as Namespaces, keep their names. */
function partsOfObject(parts: readonly Input[], object: KubeObject): Input[] {
  const { kind, metadata } = object;
  const { name, namespace } = metadata;
  const ofKind = parts.filter(part => part.object.kind === kind && part.operation === undefined);
  const operations = parts.filter(
    part => part.operation !== undefined && isTarget(part, kind, name),
  );
  const named = namedParts(ofKind, name);
  // Of two namesakes that of the namespace, unless the kustomization gives all another one.
  const inNamespace = named.filter(part =>
    [undefined, namespace].includes(part.object.metadata.namespace),
  );
  return [...operations, ...(inNamespace.length > 0 ? inNamespace : named)];
}

/** Whether a JSON patch may be about an object: its target may leave out kind and name, or be a pattern. */
function isTarget({ object, rename }: Input, kind: string, name: string | undefined): boolean {
  const { kind: kinds, metadata } = object;
  const names = metadata.name ?? '';
  const isNamed = /^[a-z0-9.-]*$/.test(names) && names !== '';
  return (kinds === '' || kinds === kind) && (!isNamed || names === name || rename(names) === name);
}

function namedParts(ofKind: readonly Input[], name: string | undefined): readonly Input[] {
  const named = (nameOf: (part: Input) => string): Input[] =>
    ofKind.filter(part => nameOf(part) === name);
  const renamed = named(part => part.rename(writtenName(part) ?? ''));
  if (renamed.length > 0) return renamed;
  const kept = named(part => writtenName(part) ?? '');
  if (kept.length > 0) return kept;
  return ofKind.filter(part => becomes(part.rename(writtenName(part) ?? ''), name ?? ''));
}

/** Whether a generator made an object: it has the generator's name, perhaps with a hash behind it. */
function isMadeOf(part: Input, { kind, metadata: { name = '' } }: KubeObject): boolean {
  const made = part.rename(writtenName(part) ?? '');
  return (
    part.object.kind === kind && (name === made || name.replace(/-[a-z0-9]{10}$/, '') === made)
  );
}

function writtenName({ object }: Input): string | undefined {
  return textAt(object, 'metadata', 'name');
}

/**
 * Whether a value of a built object is the one that is written, or the written name with its prefix and suffix.
 * Flux fills in variables once kustomize has built.
 */
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
    Array.isArray(value) ? [...value.keys()] : Object.keys(isMap(value) ? value : {});
  return fields(written).length === fields(built).length && fields(written).every(isEach);
}

/** Whether filling in the variables of a text may give another: `${APP}-db` becomes `shop-db`. */
function becomes(written: string, filled: string): boolean {
  if (!written.includes('${')) return written === filled;
  // Flux leaves ${A} of $${A}.
  const parts = written
    .replaceAll('$${', '\0')
    .split(/\$\{[^}]{0,200}\}/)
    .map(part => part.replaceAll('\0', '${'));
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return first === filled;
  if (!filled.startsWith(first) || filled.length < first.length + last.length) return false;
  let at = first.length;
  const isThere = parts.slice(1, -1).every(part => {
    const found = filled.indexOf(part, at);
    at = found + part.length;
    return found >= 0;
  });
  return isThere && filled.endsWith(last) && at <= filled.length - last.length;
}

/** A kustomization, and those that build on it. */
interface Level {
  readonly folder: Folder;
  /** What those above make of its names. */
  readonly outer: Rename;
  /** The folders of those above: a kustomization may build on itself. */
  readonly above: readonly string[];
  /** The folder that all files have to be in. */
  readonly root: string;
}

/** All inputs: patches before what they change, and a kustomization before those that it builds on. */
function partsOf({ folder, outer, above, root }: Level, host: Host): Input[] {
  const { place, shown } = folder;
  if (above.includes(place)) return [];
  return kustomizationsOf(folder, host).flatMap(by => {
    const [prefix = '', suffix = ''] = ['namePrefix', 'nameSuffix'].map(field =>
      textAt(by.document, field),
    );
    const rename: Rename = name => outer(prefix + name + suffix);
    const below = by.loads.flatMap(load => {
      const real = entryTarget({ by, load }, host);
      if (real === undefined || !isBelow(root, real)) return [];
      return [{ load, place: real, shown: join(shown, load.entry) }];
    });
    const files = below.filter(({ place: file }) => !host.isFolder(file));
    const filesOfKind = (kind: string): typeof files =>
      files.filter(({ load }) => load.kind === kind);
    const bases = below.filter(
      ({ load, place: file }) => load.kind === 'base' && host.isFolder(file),
    );
    const resources = [
      ...filesOfKind('base').map(({ shown: file }) => file),
      ...filesOfKind('function').flatMap(({ place: file }) => encryptedBy(file, shown, host)),
    ];
    return [
      ...inlinePatches(by, host).map(input => ({ ...input, rename })),
      ...files
        .filter(({ load }) => PATCHES.some(field => isField(String(load.path[0]), field)))
        .flatMap(({ load, shown: file }) => patchesOf(file, targetOf(by, load.path), host))
        .map(input => ({ ...input, rename })),
      ...resources.flatMap(file => objectsOf(file, { isPatch: false, rename }, host)),
      ...generatedInputs(by, shown, host).map(input => ({ ...input, isPatch: false, rename })),
      ...bases.flatMap(base =>
        partsOf({ folder: base, outer: rename, above: [...above, place], root }, host),
      ),
    ];
  });
}

/** The encrypted files that a generator makes objects of; `shown`: the folder of its kustomization. */
function encryptedBy(file: string, shown: string, host: Host): string[] {
  const documents = parsed(textOf(file, host)).value ?? [];
  return (encryptedIn(documents) ?? []).map(entry => join(shown, entry));
}

const PATCHES = ['patches', 'patchesStrategicMerge'];

type Patch = Omit<Input, 'rename'>;

/** The target of an entry of `patches`. */
function targetOf(
  { document }: Pick<Kustomization, 'document'>,
  [field = '', index = 0]: Path,
): unknown {
  return valueAt(document, [field, index, 'target']);
}

function patchesOf(file: string, target: unknown, host: Host): Patch[] {
  if (!isNamedFile(file, host)) return [];
  const text = textOf(file, host);
  return patchesIn(text, target, placesIn({ file, text, isStream: true }));
}

/** Patches that are written in a kustomization, but for one that an applier has laid over its file. */
function inlinePatches({ file, text, document }: Kustomization, host: Host): Patch[] {
  if (host.isVirtual) return [];
  const places = placesIn({ file, text });
  const lines = text.split('\n');
  return valuesAt(document, ['patches', '*', 'patch']).flatMap(({ value: patch, path }) => {
    if (typeof patch !== 'string') return [];
    const at = places({ path });
    const inPatch = placesIn({ file, text: patch, isStream: true });
    // A block of text begins behind the line with its sign, and each line of the patch is one of it.
    const isBlock = /\|[-+0-9]*\s*$/.test(lines[at.line - 2] ?? '');
    return patchesIn(patch, targetOf({ document }, path), field => {
      const { line, column } = inPatch(field);
      return isBlock ? { file, line: at.line + line - 1, column: at.column + column - 1 } : at;
    });
  });
}

/** The objects of a patch, and the operations of a JSON patch. */
function patchesIn(text: string, target: unknown, places: PlaceOf): Patch[] {
  const documents = parseManifests(text).value ?? [];
  const objects = manifestsOf(documents).map(manifest => ({ ...manifest, isPatch: true, places }));
  return [...objects, ...operationsIn(documents, target, places)];
}

function operationsIn(documents: readonly unknown[], target: unknown, places: PlaceOf): Patch[] {
  const object: KubeObject = {
    apiVersion: '',
    kind: textAt(target, 'kind') ?? '',
    metadata: { name: textAt(target, 'name') ?? '' },
  };
  return valuesAt(documents, ['*', '*']).flatMap(({ value: entry, path: at }) => {
    const pointer = textAt(entry, 'path');
    const value = valueAt(entry, ['value']);
    if (pointer === undefined || value === undefined) return [];
    const steps = pointer.slice(1).split('/').map(unescaped);
    // `-` is behind the last entry of a list.
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

/** A step of a JSON pointer. */
function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function objectsOf(file: string, part: Pick<Input, 'isPatch' | 'rename'>, host: Host): Input[] {
  if (!isNamedFile(file, host)) return [];
  const text = textOf(file, host);
  const places = placesIn({ file, text, isStream: true });
  return manifestsOf(parseManifests(text).value ?? []).map(manifest => ({
    ...part,
    ...manifest,
    places,
  }));
}

/** A key of a ConfigMap of a generator whose value is a file. */
interface GeneratedInput extends Manifest {
  readonly places: PlaceOf;
  /** kustomize puts a hash behind the name of the ConfigMap. */
  readonly generated: string;
}

/** The ConfigMaps that a kustomization makes of files; `shown`: its folder. */
function generatedInputs({ document }: Kustomization, shown: string, host: Host): GeneratedInput[] {
  return valuesAt(document, ['configMapGenerator', '*']).flatMap(({ value }) => {
    const name = textAt(value, 'name') ?? '';
    return valuesAt(value, ['files', '*']).flatMap(({ value: entry }) => {
      if (typeof entry !== 'string') return [];
      const path = sourcePath(entry);
      const key = entry.includes('=') ? entry.slice(0, entry.indexOf('=')) : basename(path);
      const file = join(shown, path);
      return isNamedFile(file, host) ? [inputOf(name, key, file, host)] : [];
    });
  });
}

function inputOf(name: string, key: string, file: string, host: Host): GeneratedInput {
  const text = textOf(file, host);
  const inFile = placesIn({ file, text });
  const places: PlaceOf = ({ path: [data, entry, ...inner] }) =>
    data !== 'data' || entry !== key || inner.length === 0 ? atTop(file) : inFile({ path: inner });
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { [key]: text } };
  return { object, path: [], places, generated: key };
}
