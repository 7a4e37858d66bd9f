import type { Path } from '../../../ground/finding.ts';
import { isMap, type Json, type JsonObject, valueAt } from '../../../ground/json.ts';
import { HIDDEN, isHarmless, maskNamed } from '../../../ground/mask/secret-value.ts';
import { maskTemplate } from '../../../ground/mask/template-text.ts';
import { maskText } from '../../../ground/mask/text.ts';
import type { Hide } from '../../../ground/secret-text.ts';
import { isTemplatePlace } from '../../../kinds/eso/group.ts';
import { isCommand, maskArgument } from './arguments.ts';
import { maskDocument } from './document.ts';
import { isSecretField } from './fields.ts';
import { below, rootSpot, type Spot } from './spot.ts';

/**
 * A value of an object as it may be shown: the one at a path, or the whole object. Secrets are
 * compared before they are hidden, never after: that one changes stays visible. Templates keep what
 * they read, and lose their literal text, in which a password may stand. What a value is goes by the
 * names around it, so it is looked up in its object.
 */
export function shownAt(object: JsonObject, path: Path = [], hide: Hide = () => HIDDEN): Json {
  let value: Json = object;
  let parent: Json = null;
  let spot = rootSpot(object['kind']);
  for (const step of path) {
    parent = value;
    value = (valueAt(value, [step]) ?? null) as Json;
    spot = below(spot, parent, step, value);
  }
  return shown(value, spot, hide, parent);
}

function shown(value: Json, spot: Spot, hide: Hide, parent: Json): Json {
  if (Array.isArray(value))
    return value.map((item, index) => shown(item, below(spot, value, index, item), hide, value));
  if (!isMap(value)) return shownScalar(value as Scalar, spot, hide, parent);
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      shown(child, below(spot, value, key, child), hide, value),
    ]),
  );
}

type Scalar = string | number | boolean | null;

function shownScalar(value: Scalar, spot: Spot, hide: Hide, parent: Json): Scalar {
  if (isSecretField(spot)) return hide(String(value));
  if (typeof value === 'string') return shownText(value, spot, hide, parent);
  return typeof value === 'number' && spot.isSecret ? hide(String(value)) : value;
}

function shownText(text: string, spot: Spot, hide: Hide, parent: Json): string {
  if (isTemplatePlace(spot.path)) return maskTemplate(text, hide);
  if (spot.isSecret) return maskSecret(text, spot.name, hide);
  const [field, index] = [spot.path.at(-2), spot.path.at(-1)];
  if (Array.isArray(parent) && isCommand(field)) return maskArgument(parent, Number(index), hide);
  const shownText = (part: string): string => maskText(part, 'file', hide);
  const isDocument = text.includes('\n') || /^\s{0,9}[{[]/.test(text);
  const hiddenAt = (document: Json, path: Path): string | undefined =>
    hiddenIn(document, path, spot, hide);
  const masked = isDocument ? maskDocument(text, { hiddenAt, shownText }) : undefined;
  return masked ?? shownText(text);
}

function maskSecret(text: string, name: string, hide: Hide): string {
  const masked = (value: string): string => maskText(value, 'file', hide);
  return maskNamed(text, name, hide, masked) ?? (isHarmless(text) ? text : hide(text));
}

/** What stands in the place of a scalar of a text inside of an object, where it is a secret. */
function hiddenIn(document: Json, path: Path, outer: Spot, hide: Hide): string | undefined {
  let spot: Spot = below({ ...outer, path: [] }, null, 0, document);
  let value = document;
  for (const step of path) {
    const parent = value;
    value = (valueAt(value, [step]) ?? null) as Json;
    spot = below(spot, parent, step, value);
  }
  const text = String(value);
  if (isSecretField(spot) || isTemplatePlace(spot.path)) return hide(text);
  const shown = spot.isSecret ? maskSecret(text, spot.name, hide) : text;
  return shown === text ? undefined : shown;
}
