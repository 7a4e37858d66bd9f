import type { Path } from '../../ground/finding.ts';
import { hasText, textsIn } from '../../ground/json-walk.ts';
import { oncePer } from '../../ground/once-per.ts';
import { configMap } from '../core/config-map.ts';
import { coreSecret } from '../core/secret.ts';
import type { VariableSource } from '../deployment-ends.ts';
import type { Find, PlacedObject } from '../kind.ts';
import { appliedByKustomization, isLeftAsWritten } from './applied.ts';

/**
 * `${` and what Flux cannot read behind it: no name, or a name that goes on with what is none of its
 * forms (docs/facts/flux.md#variables). `$${` is left as it is.
 */
const UNREADABLE = /(?<!\$)\$\{(?!#?[\p{L}\p{N}_]{1,200}[:=,^/#%}])[^}\n]{0,60}\}?/u;

/** What reads as the name of a variable. */
const NAMELIKE = /^\$\{[\w.-]{1,40}\}$/;

/** The beginning, up to what is none of a name. */
const BEGINNING = /^\$\{#?\w{0,40}./;

/** A text of an object that keeps Flux from filling it in. */
interface Unfillable {
  readonly path: Path;
  /** What Flux fails at, as far as it may be shown. */
  readonly text: string;
}

/** The texts of an object that Flux would fail at; the first of each. */
export function unfillableTexts(object: PlacedObject): Unfillable[] {
  if (isLeftAsWritten(object)) return [];
  return textsIn(object.json, []).flatMap(({ path, text }) => {
    const [found] = (text.includes('${') && UNREADABLE.exec(text)) || [];
    return found === undefined ? [] : [{ path, text: shownText(found, object) }];
  });
}

/** Of what may be somebody's password or script no more is shown than is of use. */
function shownText(found: string, { known }: PlacedObject): string {
  if (known === coreSecret) return '${…';
  return NAMELIKE.test(found) ? found : `${BEGINNING.exec(found)?.[0] ?? '${'}…`;
}

/** Whether a Kustomization has variables for sure: without any Flux looks at no text. */
export function isFilling(kustomization: PlacedObject, find: Find): boolean {
  const isThere = ({ kind, name, isOptional }: VariableSource): boolean =>
    !isOptional ||
    [configMap, coreSecret].some(
      one => one.kind === kind && find(one, kustomization.namespace, name) !== undefined,
    );
  return appliedByKustomization(kustomization).some(
    ({ substitute: { values = {}, from = [] } = {} }) =>
      Object.keys(values).length > 0 || from.some(isThere),
  );
}

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
