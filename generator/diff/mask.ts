import { secretLook } from '../graph/plain-text.ts';
import { LAST_APPLIED } from '../objects/annotations.ts';
import type { Path } from '../source/finding.ts';
import { hideSecrets } from '../source/secret-text.ts';
import { valueAt } from '../source/value-path.ts';
import { isMap } from '../spec/merge-environment.ts';
import { optionBefore } from '../spec/secret-literal.ts';
import type { Json, JsonObject } from '../spec/spec.ts';

/** Stands where a value is not shown. It says nothing about the value, not even its length. */
export const HIDDEN = '(hidden)';

/** Where a value stands: the kind of its object, and the fields from its root. */
interface ValuePlace {
  readonly kind: string;
  readonly path: Path;
}

/**
 * A value of an object as it may be shown: the one at a path, or the whole object. Secrets are
 * compared before they are hidden, never after: that one changes stays visible (review-facts.md,
 * section 2). Templates keep what they read, and lose their literal text, in which a password may
 * stand. What a value is goes by the names around it, so it is looked up in its object.
 */
export function shownAt(object: JsonObject, path: Path = []): Json {
  let value: Json = object;
  let name = '';
  for (const step of path) {
    name = nameOf(value, step, name);
    value = (valueAt(value, [step]) ?? null) as Json;
  }
  return shown(value, { kind: String(object['kind']), path }, name);
}

type Scalar = string | number | boolean | null;

function shown(value: Json, place: ValuePlace, name: string): Json {
  const below = (step: string | number, child: Json): Json =>
    shown(child, { ...place, path: [...place.path, step] }, nameOf(value, step, name));
  if (Array.isArray(value)) return value.map((item, index) => below(index, item));
  if (!isMap(value)) return shownScalar(value as Scalar, place, name);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, below(key, child)]));
}

/** What a value goes by: its key, the name beside a `value`, the option before an argument. */
function nameOf(parent: Json, step: string | number, name: string): string {
  if (typeof step === 'number')
    return Array.isArray(parent) ? (optionBefore(parent, step) ?? name) : name;
  if (step !== 'value' || !isMap(parent)) return step;
  const beside = parent['name'] ?? parent['key'];
  return typeof beside === 'string' ? beside : step;
}

function shownScalar(scalar: Scalar, place: ValuePlace, name: string): Scalar {
  if (isSecretField(place)) return HIDDEN;
  return typeof scalar === 'string' ? shownText(scalar, place, name) : scalar;
}

function shownText(text: string, place: ValuePlace, name: string): string {
  if (isTemplate(place)) return shownTemplate(text);
  const isLiteral = place.path.at(-1) === 'value' || place.kind === 'ConfigMap';
  if (isLiteral && SECRET_NAME.test(name) && !/^\$\([^)]+\)$/.test(text)) return HIDDEN;
  return secretLook(text, name) === undefined ? withoutLogins(hideSecrets(text)) : HIDDEN;
}

/** Names of variables whose values nobody should read. */
const SECRET_NAME =
  /(pass(word|wd|phrase)?|pwd|secret|token|api_?-?key|access_?-?key|private_?-?key|credential|bearer|salt|signing_?-?key|encryption_?-?key)s?$/i;

/** `scheme://user:password@`, whatever stands there unless it is a reference. */
function withoutLogins(text: string): string {
  if (!text.includes('://')) return text;
  return text.replaceAll(
    /([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):(?!\$[({]|\{\{)[^\s@/]+@/gi,
    `$1:${HIDDEN}@`,
  );
}

/** Fields that hold secrets by their meaning, whatever they look like. */
function isSecretField({ kind, path }: ValuePlace): boolean {
  const [first] = path;
  if (kind === 'Secret') return first === 'data' || first === 'stringData';
  if (kind === 'SealedSecret') return path.includes('encryptedData');
  if (path.includes('fake') || (kind === 'Fake' && first === 'spec')) return true;
  if (path.some(step => typeof step === 'string' && /^postInit\w*SQL$/.test(step))) return true;
  return path.at(-1) === LAST_APPLIED;
}

/** A template of an ExternalSecret, and those that a PushSecret or SealedSecret has. */
function isTemplate({ path }: ValuePlace): boolean {
  const at = path.indexOf('template');
  if (at < 1) return false;
  const field = path[at + 1];
  return (
    (path[at - 1] === 'target' && field === 'data') ||
    (field === 'templateFrom' && path.at(-1) === 'literal') ||
    (path[0] === 'spec' && at === 1 && (field === 'data' || field === 'stringData'))
  );
}

/** What a template reads, with its literal text gone: signs that part it stay. */
function shownTemplate(text: string): string {
  const parts = text.split(/(\{\{.*?\}\})/s);
  const shown = parts.map((part, index) => {
    if (index % 2 === 1) return shownAction(part);
    return /\w/.test(part) ? HIDDEN : part;
  });
  return shown.join('');
}

/** Texts inside of an action are literals too. */
function shownAction(action: string): string {
  return hideSecrets(action).replaceAll(/"[^"]*"|`[^`]*`/g, literal =>
    /^["`][\w./-]{0,16}["`]$/.test(literal) && !/\d/.test(literal) ? literal : `"${HIDDEN}"`,
  );
}
