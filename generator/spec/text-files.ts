import { basename } from 'node:path';
import type { Path } from '../core/finding.ts';
import { isMap, type Json, mapAt, withFields } from '../core/json.ts';

/** Where a text may be `{ file: path }`. `*` is any name or item. */
export const TEXTS: readonly string[][] = inEachLayer([
  ...[[], ['init', '*'], ['sidecars', '*']].flatMap(container =>
    ['command', 'args', 'env'].map(field => ['workloads', '*', ...container, field, '*']),
  ),
  ['secrets', '*', 'template', '*'],
  ['configMaps', '*', 'data', '*'],
]);

const WITH_FILES = inEachLayer([['configMaps', '*']]);

export const RESOURCES: readonly string[][] = inEachLayer([['resources', '*']]);

function inEachLayer(paths: readonly (readonly string[])[]): string[][] {
  return paths.flatMap(path => [
    ['spec', ...path],
    ['spec', 'clusters', '*', ...path],
    ['spec', 'environments', '*', ...path],
  ]);
}

/** A document with texts in the place of `{ file: path }` and of `files`. It may have any shape. */
export function withTexts(document: unknown, read: (name: string, path: Path) => string): unknown {
  const text = (value: unknown, path: Path): unknown =>
    isTextFile(value) ? read(value.file, path) : value;
  const entry = (value: unknown, path: Path): unknown => {
    const { files, ...others } = mapAt(value);
    if (!Array.isArray(files) || !files.every(file => typeof file === 'string')) return value;
    const texts = files.map((name, at) => [basename(name), read(name, [...path, 'files', at])]);
    return { ...others, data: { ...Object.fromEntries(texts), ...mapAt(others, 'data') } };
  };
  return changedPlaces(changedPlaces(document, TEXTS, text), WITH_FILES, entry);
}

/** A document with other values at some places, in which `*` is any name or item. */
export function changedPlaces(
  document: unknown,
  places: readonly string[][],
  change: Change,
): unknown {
  return places.reduce((value, place) => changedAt(value, place, [], change), document);
}

type Change = (value: unknown, path: Path) => unknown;

function changedAt(
  value: unknown,
  [step, ...below]: readonly string[],
  path: Path,
  change: Change,
): unknown {
  if (step === undefined) return change(value, path);
  const inside = (child: Json | undefined, name: string | number): Json =>
    changedAt(child, below, [...path, name], change) as Json;
  if (Array.isArray(value)) return step === '*' ? value.map(inside) : value;
  if (!isMap(value) || (step !== '*' && !Object.hasOwn(value, step))) return value;
  const names = step === '*' ? Object.keys(value) : [step];
  return withFields(value, names, (name, child) => inside(child, name));
}

function isTextFile(value: unknown): value is { readonly file: string } {
  return isMap(value) && Object.keys(value).length === 1 && typeof value['file'] === 'string';
}
