import { type Fault, type Finding, fieldOf, type Path, type Place } from './finding.ts';
import { maskMessage } from './mask/text.ts';
import { oncePer } from './once-per.ts';
import { offsetsOf, streamOffsets } from './yaml/place-tree.ts';

/** A file's text, as findings need it. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
  /** The file is a stream of documents: a path begins with the document's number, from 0. */
  readonly isStream?: boolean;
  /** What stands in files of its own, and is put into the document by what reads it. */
  readonly parts?: readonly SourcePart[];
}

/** A value of a document that a file holds, as one document. */
export interface SourcePart {
  readonly file: string;
  readonly text: string;
  /** Where the value is in the document. */
  readonly path: Path;
}

/** The part that a path leads into. */
export function partAt(path: Path, parts: SourceFile['parts'] = []): SourcePart | undefined {
  return parts.find(part => part.path.every((step, index) => path[index] === step));
}

/**
 * Gives faults their places. `source` is absent when the spec came without a file; then findings
 * name the field alone. Findings come in the order of their files and places; what several
 * environments say of one place comes once.
 */
export function locate(faults: readonly Fault[], source: SourceFile | undefined): Finding[] {
  if (faults.length === 0) return [];
  const places = source === undefined ? undefined : placesIn(source);
  const unique = new Map<string, Finding>();
  for (const fault of faults) {
    const finding = toFinding(fault, places);
    const { rule, message, field, at } = finding;
    const key = JSON.stringify([rule, message, at ?? field]);
    if (!unique.has(key)) unique.set(key, finding);
  }
  const files = [source, ...(source?.parts ?? [])].map(one => one?.file ?? '');
  const fileOf = ({ at }: Finding): number => files.indexOf(at?.file ?? '');
  return [...unique.values()].sort((a, b) => fileOf(a) - fileOf(b) || byPlace(a, b));
}

/** The place of a path in one file. */
export type PlaceOf = (fault: Pick<Fault, 'path' | 'isAboutName' | 'offset'>) => Place;

/** Reads a file, and those of its parts, for places: each once for all of them. */
export function placesIn({ parts, ...source }: SourceFile): PlaceOf {
  const own = placesInFile(source);
  if (parts === undefined || parts.length === 0) return own;
  const placesOf = oncePer((part: SourcePart) => placesInFile(part));
  return fault => {
    const path = source.isStream === true ? fault.path.slice(1) : fault.path;
    const part = partAt(path, parts);
    if (part === undefined) return own(fault);
    const below = path.slice(part.path.length);
    return placesOf(part)({
      ...fault,
      path: below,
      isAboutName: fault.isAboutName === true && below.length > 0,
    });
  };
}

function placesInFile({ file, text, isStream = false }: Omit<SourceFile, 'parts'>): PlaceOf {
  const offsets = isStream ? streamOffsets(text) : offsetsOf(text);
  const lines = lineStarts(text);
  return ({ path, isAboutName = false, offset }) => {
    const at = offset ?? offsets(path, isAboutName);
    const line = lastNotAbove(lines, at);
    return { file, line: line + 1, column: at - (lines[line] ?? 0) + 1 };
  };
}

function toFinding(fault: Fault, places: PlaceOf | undefined): Finding {
  return {
    rule: fault.id,
    severity: 'error',
    message: maskMessage(fault.message),
    ...(fault.hint !== undefined && { hint: maskMessage(fault.hint) }),
    field: fieldOf(fault.path.map(shownStep)),
    ...(places !== undefined && { at: places(fault) }),
    ...(fault.related !== undefined && {
      related: fault.related.map(({ note, ...place }) => ({
        note: maskMessage(note),
        ...(places !== undefined && { at: places(place) }),
      })),
    }),
  };
}

/** A step of the path; a name that may be a secret does not show. */
function shownStep(step: string | number): string | number {
  return typeof step === 'number' ? step : maskMessage(step);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The index of the last number that is not above `at`, in an ascending list. */
function lastNotAbove(ascending: readonly number[], at: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((ascending[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function byPlace(a: Finding, b: Finding): number {
  const line = (a.at?.line ?? 0) - (b.at?.line ?? 0);
  const column = (a.at?.column ?? 0) - (b.at?.column ?? 0);
  return line || column || (a.field < b.field ? -1 : a.field > b.field ? 1 : 0);
}
