import type { Path } from './finding.ts';

/** A JSON pointer as a path; a step into a list is a number. */
export function pathOf(pointer: string, document: unknown): Path {
  const path: (string | number)[] = [];
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(value) ? Number(name) : name;
    path.push(step);
    value = valueAt(value, [step]);
  }
  return path;
}

/** Whether a path goes through a place, or ends there. */
export function isBelow(path: Path, place: Path): boolean {
  return place.every((step, index) => path[index] === step);
}

/** What stands at the path, or undefined. */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (let depth = 0; depth < path.length; depth += 1) {
    const step = path[depth] as string | number;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
