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
  hasText(value, text => {
    show(text);
    return false;
  });
}

/** Whether a text in a value is one of those that are meant. */
export function hasText(value: unknown, isMeant: (text: string) => boolean): boolean {
  if (typeof value === 'string') return isMeant(value);
  if (Array.isArray(value)) return value.some(item => hasText(item, isMeant));
  if (!isMap(value)) return false;
  for (const name in value) if (hasText(value[name], isMeant)) return true;
  return false;
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
