import { isMap, type Json, type JsonObject } from '../../../ground/json.ts';
import { isSecretName, isVariant } from '../../../ground/mask/secret-name.ts';
import { optionBefore } from '../../../ground/secret-literal.ts';
import { coreSecret } from '../../../kinds/core/secret.ts';
import type { Content } from '../../../kinds/kind.ts';
import { kindsNamed } from '../../../kinds/kinds.ts';
import { contentAt, type ValuePlace } from './fields.ts';
import {
  holdsSecrets,
  isBeside,
  isFreeField,
  isReference,
  isReferenceAnnotation,
} from './references.ts';

/** A place in an object, and what the names on the way to it say of the value there. */
export interface Spot extends ValuePlace {
  /** What the value goes by: its key, the name beside a `value`, the option before an argument. */
  readonly name: string;
  readonly isSecret: boolean;
  /** It only names something. */
  readonly isReference: boolean;
  /** It is a user's own setting, in which a field named `secret` holds one. */
  readonly isFree: boolean;
  /** It is in a list or map whose values are secrets. */
  readonly isHeld: boolean;
}

/** The root of an object. */
export function rootSpot(kind: Json | undefined): Spot {
  return {
    kinds: kindsNamed(String(kind)),
    path: [],
    name: '',
    isSecret: false,
    isReference: false,
    isFree: false,
    isHeld: false,
  };
}

/** One step further down. An object inside of an object has a root of its own. */
export function below(spot: Spot, parent: Json, step: string | number, child: Json): Spot {
  if (isManifest(child)) return rootSpot(child['kind']);
  const place = { ...spot, path: [...spot.path, step] };
  return typeof step === 'number'
    ? itemSpot(place, parent, step, child)
    : fieldSpot(place, parent as JsonObject, step, child);
}

function isManifest(value: Json): value is JsonObject {
  if (!isMap(value) || typeof value['kind'] !== 'string') return false;
  return typeof value['apiVersion'] === 'string' || value['kind'] === coreSecret.kind;
}

/** An item is what its list is; a text may be what the option before it takes. */
function itemSpot(spot: Spot, list: Json, index: number, item: Json): Spot {
  if (!Array.isArray(list) || typeof item !== 'string') return spot;
  if (/auth$/i.test(spot.name)) return { ...spot, isSecret: false }; // Names of ways to sign in.
  const option = optionBefore(list, index);
  if (option === undefined || /^--[a-z]/i.test(item)) return spot;
  const isSecret = isSecretName(option) && !/^--?(no|without|skip|ask)-/.test(option);
  return { ...spot, name: option, isSecret: spot.isSecret || isSecret };
}

function fieldSpot(spot: Spot, parent: JsonObject, field: string, child: Json): Spot {
  const named = namedBeside(parent, field);
  const name = named ?? field;
  const { kinds, path } = spot;
  const content = contentAt(spot);
  const isReference =
    spot.isReference || (named === undefined && namesSomething(field, child, spot, content));
  const isFree = spot.isFree || isFreeField(field) || content === 'settings';
  if (isReference)
    return { kinds, path, name, isReference, isFree, isSecret: false, isHeld: false };
  const isHeld = isMap(child) && holdsSecrets(field, isFree);
  const isOfHolder = spot.isHeld && !isBeside(field) && !(isMap(child) && !isHeld);
  const isOfParent = spot.isSecret && isVariant(field);
  const isSecret = isOfHolder || isOfParent || isSecretName(name);
  return {
    kinds,
    path,
    name,
    isReference,
    isFree,
    isSecret,
    isHeld: isHeld || (spot.isHeld && isMap(child)),
  };
}

function namesSomething(
  field: string,
  child: Json,
  spot: Spot,
  content: Content | undefined,
): boolean {
  if (spot.path.at(-2) === 'annotations' && isReferenceAnnotation(field)) return true;
  return content === 'name' || isReference(field, spot.isFree && !Array.isArray(child));
}

/** Fields that hold what the field beside them names: `{ name: DB_PASSWORD, value: … }`. */
const VALUES = new Set([
  'value',
  'values',
  'val',
  'default',
  'defaultValue',
  'content',
  'text',
  'stringValue',
]);
const NAMES = [
  'name',
  'key',
  'header',
  'option',
  'property',
  'param',
  'parameter',
  'variable',
  'field',
  'path',
];

function namedBeside(parent: JsonObject, field: string): string | undefined {
  if (!VALUES.has(field)) return undefined;
  const names = NAMES.flatMap(name => {
    const beside = Object.hasOwn(parent, name) ? parent[name] : undefined;
    return typeof beside === 'string' ? [beside] : [];
  });
  return names.find(isSecretName) ?? names[0];
}
