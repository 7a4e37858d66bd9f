import { basename } from 'node:path';
import { type Fault, type Finding, fieldOf, type Path, type Place } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { mapsIn, scalarText, valueAt } from '../core/json.ts';
import { oncePer, oncePerText } from '../core/once.ts';
import { type ObjectField, objectName, type PlacedObject, specOf } from '../kinds/kind.ts';
import { writtenAt, writtenObject } from '../kinds/kinds.ts';
import { findingOf, placesIn } from '../yaml/places.ts';
import { isKustomization, withFiles } from './folders.ts';
import { isNamedFile } from './inside.ts';
import { kustomizationPlaces, type TextPatch } from './kustomize/places.ts';
import { type ObjectSource, topOf } from './source.ts';

export type FieldPlace = (object: PlacedObject, path: Path) => Place | undefined;

/** Faults of objects as findings, with their lines. */
export function locateFaults(all: readonly Fault<ObjectField>[], placeOf: FieldPlace): Finding[] {
  return all.map(fault => {
    const finding = findingOf(fault, field => shownField(field, placeOf));
    const related = finding.related.map(place => ({ ...place, note: withoutName(place.note) }));
    return { ...finding, message: withoutName(finding.message), related };
  });
}

function withoutName(text: string): string {
  return text.replaceAll(/\b([A-Z][A-Za-z]*) ""/g, '$1 without a name');
}

/** The place that a finding names for a field: where a person wrote it, which may be in the object that made this one. */
export function shownField(
  { object, path }: ObjectField,
  placeOf: FieldPlace,
): Pick<Finding, 'field' | 'at'> & Required<Pick<Finding, 'object'>> {
  const written = writtenAt(object, path);
  const at = placeOf(written.object, written.path);
  const about = { field: fieldOf(written.path), object: objectName(writtenObject(object)) };
  return at === undefined ? about : { ...about, at };
}

/** Where a field is written: as `inSpec` says, in the manifest or the file kustomize took it from, else the kustomization's top. */
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
  const inLaid = oncePer(({ laid, by }: ObjectSource) => {
    const virtual = laid ? withFiles(host, new Map([[laid.place, laid.text]])) : host;
    return kustomizationPlaces(virtual, host, by && patchesOf(by, placeOf));
  });
  const inTemplate = templatePlaces(host);
  const placeOf: FieldPlace = (object, path) => {
    const source = sources.get(object.file);
    if (source === undefined) return undefined;
    if (!source.isBuilt) return placesOf(source)({ path: [...object.path, ...path] });
    const { file, laid } = source;
    if (source.helm !== undefined) return inTemplate(file, object, path);
    const inFiles = laid ? inLaid(source) : inKustomization;
    const last =
      source.madeCharts !== undefined && source.madeCharts.count > 0
        ? inTemplate(file, object, path)
        : placeOfWhole(source, placeOf);
    return inSpec(object, path) ?? inFiles(file, object, path) ?? last;
  };
  return placeOf;
}

function patchesOf(by: PlacedObject, placeOf: FieldPlace): TextPatch[] {
  return mapsIn(specOf(by), ['spec']).flatMap(({ map: { patch, target }, path }) => {
    const at = path.at(-2) === 'patches' ? placeOf(by, [...path, 'patch']) : undefined;
    return at === undefined || typeof patch !== 'string' ? [] : [{ patch, target, at }];
  });
}

/** The place of an object that no file has: the patches or the path of its applier, else the top of the kustomization. */
function placeOfWhole({ file, laid, by }: ObjectSource, placeOf: FieldPlace): Place | undefined {
  if (laid === undefined) return topOf(file);
  const field = by && ['patches', 'path'].find(name => Object.hasOwn(specOf(by), name));
  const found = by && field !== undefined ? placeOf(by, ['spec', field]) : undefined;
  return found ?? (laid.isOverFile ? topOf(file) : undefined);
}

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
    return place === undefined ? topOf(file) : { file, ...place };
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
