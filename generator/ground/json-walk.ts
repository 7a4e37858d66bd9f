import type { Path } from './finding.ts';
import { isMap, type JsonObject } from './json.ts';

/** Every text in a value, with its path. */
export function textsIn(value: unknown, path: Path): { text: string; path: Path }[] {
  if (typeof value === 'string') return [{ text: value, path }];
  return childrenOf(value).flatMap(([step, child]) => textsIn(child, [...path, step]));
}

/** Every number in a value, with its path. */
export function numbersIn(value: unknown, path: Path): { number: number; path: Path }[] {
  if (typeof value === 'number') return [{ number: value, path }];
  return childrenOf(value).flatMap(([step, child]) => numbersIn(child, [...path, step]));
}

/** Every map in a value, itself before what is in it, with its path. */
export function mapsIn(value: unknown, path: Path): { map: JsonObject; path: Path }[] {
  const inside = childrenOf(value).flatMap(([step, child]) => mapsIn(child, [...path, step]));
  return isMap(value) ? [{ map: value, path }, ...inside] : inside;
}

function childrenOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((child, index) => [index, child]);
  return isMap(value) ? Object.entries(value) : [];
}
