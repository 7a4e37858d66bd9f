import { eachText, textsIn } from '../../ground/json-walk.ts';
import type { Item } from '../kind.ts';
import { isLeftAsWritten } from './applied.ts';

/** `${VAR}` without a default. */
const VARIABLE = /\$\{([A-Za-z_]\w{0,200})\}/g;

/** Where programs have variables of their own in the same form, or people write `$${VAR}` for them. */
const PROGRAMS = new Set(['data', 'stringData', 'command', 'args', 'value', 'script', 'query']);

/**
 * The variables of Flux that still stand in an object, which nothing that was read gives a value
 * (docs/facts/flux.md#variables). Those that may be a program's own do not count. `by`: what applies it,
 * where that is known.
 */
export function unfilledVariables(item: Item, by: Item | undefined): string[] {
  const applied = by?.known?.applies?.(by) ?? [];
  const isFilled = by === undefined || applied.some(({ substitute }) => substitute !== undefined);
  if (isLeftAsWritten(item) || !isFilled || !hasVariable(item)) return [];
  return textsIn(item.object, [])
    .filter(({ path }) => !path.some(step => PROGRAMS.has(String(step))))
    .flatMap(({ text }) => [...text.matchAll(VARIABLE)].flatMap(([, name = []]) => name));
}

function hasVariable({ object }: Item): boolean {
  let isFound = false;
  eachText(object, text => {
    isFound ||= text.includes('${');
  });
  return isFound;
}
