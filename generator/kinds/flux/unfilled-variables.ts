import { hasText, textsIn } from '../../ground/json-walk.ts';
import { oncePer } from '../../ground/once-per.ts';
import type { PlacedObject } from '../kind.ts';
import { isLeftAsWritten } from './applied.ts';

/** The sides of a review have most objects in common. */
const hasVariable = oncePer((json: object) => hasText(json, text => text.includes('${')));

/** `${VAR}` without a default. */
const VARIABLE = /\$\{([A-Za-z_]\w{0,200})\}/g;

/** Where programs have variables of their own in the same form, or people write `$${VAR}` for them. */
const PROGRAMS = new Set(['data', 'stringData', 'command', 'args', 'value', 'script', 'query']);

/**
 * The variables of Flux that still stand in an object, which nothing that was read gives a value
 * (docs/facts/flux.md#variables). Those that may be a program's own do not count. `by`: what applies it,
 * where that is known.
 */
export function unfilledVariables(object: PlacedObject, by: PlacedObject | undefined): string[] {
  const applied = by?.known?.applies?.(by) ?? [];
  const isFilled = by === undefined || applied.some(({ substitute }) => substitute !== undefined);
  if (isLeftAsWritten(object) || !isFilled) return [];
  if (!hasVariable(object.json)) return [];
  return textsIn(object.json, [])
    .filter(({ path }) => !path.some(step => PROGRAMS.has(String(step))))
    .flatMap(({ text }) => [...text.matchAll(VARIABLE)].flatMap(([, name = []]) => name));
}
