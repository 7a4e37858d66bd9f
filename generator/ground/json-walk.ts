import type { Path } from './finding.ts';
import { isMap, type JsonObject } from './json.ts';

/** Every text in a value, with its path. */
export function textsIn(value: unknown, path: Path): { text: string; path: Path }[] {
  const found: { text: string; path: Path }[] = [];
  walk(value, [...path], (text, at) => {
    if (typeof text === 'string') found.push({ text, path: [...at] });
  });
  return found;
}

/** Shows every text in a value, where its path does not matter: makes nothing on the way. */
export function eachText(value: unknown, show: (text: string) => void): void {
  if (typeof value === 'string') show(value);
  else if (Array.isArray(value)) for (const item of value) eachText(item, show);
  else if (isMap(value)) for (const name of Object.keys(value)) eachText(value[name], show);
}

/** Every number in a value, with its path. */
export function numbersIn(value: unknown, path: Path): { number: number; path: Path }[] {
  const found: { number: number; path: Path }[] = [];
  walk(value, [...path], (number, at) => {
    if (typeof number === 'number') found.push({ number, path: [...at] });
  });
  return found;
}

/** Every map in a value, itself before what is in it, with its path. */
export function mapsIn(value: unknown, path: Path): { map: JsonObject; path: Path }[] {
  const found: { map: JsonObject; path: Path }[] = [];
  walk(value, [...path], (map, at) => {
    if (isMap(map)) found.push({ map, path: [...at] });
  });
  return found;
}

/** Shows a value and all that is in it, in order; the path is good until the next one. */
function walk(
  value: unknown,
  path: (string | number)[],
  show: (value: unknown, path: readonly (string | number)[]) => void,
): void {
  show(value, path);
  if (typeof value !== 'object' || value === null) return;
  const steps = Array.isArray(value) ? value.entries() : isMap(value) ? Object.entries(value) : [];
  for (const [step, child] of steps) {
    path.push(step);
    walk(child, path, show);
    path.pop();
  }
}
