import type { Json, JsonObject } from './json.ts';
import { asObject, asString, asStrings, sortedEntries } from './json.ts';
import { copied, inOrder, type Keywords } from './keywords.ts';

/** The file, beside the folders of the groups, with the definitions that the core kinds share. */
export const libraryFile = 'kubernetes.json';

/** The library file as a file in the folder of a group refers to it. */
export const libraryFromGroup: string = `../${libraryFile}`;

/** Definitions that are not what the document says, or that we leave open. */
const OPAQUE: Readonly<Record<string, readonly string[]>> = {
  'api.resource.Quantity': ['string', 'number'],
  'util.intstr.IntOrString': ['integer', 'string'],
  'meta.v1.Time': ['string'],
  'meta.v1.MicroTime': ['string'],
  'meta.v1.FieldsV1': ['object'],
  'pkg.runtime.RawExtension': ['object'],
  'apiextensions.v1.CustomResourceSubresourceStatus': ['object'],
  'apiextensions.v1.CustomResourceValidation': ['object'],
};

/** The schema of one definition; `library` is the file in which to look for those it refers to. */
export function coreDefinition(definition: JsonObject, name: string, library: string): JsonObject {
  const required = asStrings(definition['required'], name);
  const properties = asObject(definition['properties'], name);
  const isKind = 'x-kubernetes-group-version-kind' in definition;
  const schemas = sortedEntries(properties).map(([key, source]) => {
    if (isKind && key === 'status') return [key, { type: ['object', 'null'] }] as const;
    const at = `${name}.${key}`;
    return [key, property(asObject(source, at), at, library, required.includes(key))] as const;
  });
  return inOrder({
    ...copied(definition, name),
    type: ['object', 'null'],
    required: required.length > 0 ? required : undefined,
    additionalProperties: false,
    properties: Object.fromEntries(schemas),
  });
}

/** A property, or an item. Kubernetes reads a null as an absent value where one may be absent. */
function property(
  source: JsonObject,
  at: string,
  library: string,
  isRequired: boolean,
): JsonObject {
  const words = copied(source, at);
  const ref = source['$ref'];
  if (ref === undefined) {
    const types = [asString(source['type'], at)];
    return inOrder({ ...words, type: typeOf(types, isRequired), ...inner(source, at, library) });
  }
  const name = shortName(asString(ref, at));
  const types = OPAQUE[name];
  if (types) return inOrder({ ...words, type: typeOf(types, isRequired) });
  return reference(name, library, isRequired, words);
}

function inner(source: JsonObject, at: string, library: string): Keywords {
  const { items, additionalProperties: values } = source;
  return {
    items: items && property(asObject(items, at), `${at}[]`, library, true),
    additionalProperties: values && property(asObject(values, at), `${at}{}`, library, true),
  };
}

function typeOf(types: readonly string[], isRequired: boolean): Json {
  const all = isRequired ? types : [...types, 'null'];
  return all.length === 1 && all[0] !== undefined ? all[0] : all;
}

/** A definition admits null; a place where something must be adds a type of its own. */
function reference(
  name: string,
  library: string,
  isRequired: boolean,
  words: Keywords,
): JsonObject {
  const ref = { $ref: `${library}#/definitions/${name}` };
  const others = inOrder({ ...words, type: isRequired ? 'object' : undefined });
  // Up to draft-07 a validator may ignore what stands beside a $ref.
  return Object.keys(others).length === 0 ? ref : inOrder({ ...others, allOf: [ref] });
}

/** The metadata of an object that is not of Kubernetes itself. */
export function objectMeta(isRequired: boolean): JsonObject {
  return reference('meta.v1.ObjectMeta', libraryFromGroup, isRequired, {});
}

/** The last three parts of a name: `io.k8s.api.core.v1.PodSpec` is `core.v1.PodSpec`. */
export function shortName(name: string): string {
  return name.split('.').slice(-3).join('.').replace('#/definitions/', '');
}
