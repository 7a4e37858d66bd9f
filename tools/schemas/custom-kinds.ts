import { parse } from 'yaml';
import { objectMeta } from './core-definition.ts';
import type { Json, JsonObject } from './json.ts';
import { asObject, asObjects, asString, asStrings, sortedEntries } from './json.ts';
import { copied, inOrder } from './keywords.ts';

/** The fields that we describe alike for every kind. */
const COMMON = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** A kind of a CustomResourceDefinition in one version that the API server serves. */
interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: JsonObject;
}

/** The served versions of the kind that a CustomResourceDefinition manifest defines. */
export function parseCustomKinds(text: string): readonly CustomKind[] {
  const manifest: unknown = parse(text);
  const spec = asObject(asObject(manifest, 'manifest')['spec'], 'spec');
  const group = asString(spec['group'], 'group');
  const kind = asString(asObject(spec['names'], 'names')['kind'], 'kind');
  return asObjects(spec['versions'], kind)
    .filter(version => version['served'] === true)
    .map(source => {
      const version = asString(source['name'], kind);
      const schema = asObject(source['schema'], kind)['openAPIV3Schema'];
      const root = asObject(schema, kind);
      return { group, version, kind, schema: customKind(root, `${group}/${version}`, kind) };
    });
}

function customKind(source: JsonObject, apiVersion: string, kind: string): JsonObject {
  const properties = asObject(source['properties'], kind);
  const fields = Object.entries(properties).filter(([name]) => !COMMON.has(name));
  const required = asStrings(source['required'], kind);
  const rest = structure({ ...source, properties: Object.fromEntries(fields) }, kind);
  return inOrder({
    ...rest,
    required: ['apiVersion', 'kind', ...required.filter(name => name !== 'status')],
    properties: {
      apiVersion: { const: apiVersion },
      kind: { const: kind },
      metadata: objectMeta(required.includes('metadata')),
      ...asObject(rest['properties'], kind),
      ...('status' in properties ? { status: { type: 'object' } } : {}),
    },
  });
}

/** A structural schema as the API server applies it to a field of a custom object. */
function structure(source: JsonObject, at: string): JsonObject {
  return inOrder({
    ...copied(source, at),
    type: typeOf(source, at),
    items: child(source['items'], `${at}[]`),
    required: requiredOf(source, at),
    additionalProperties: additionalOf(source, at),
    properties: propertiesOf(source, at),
  });
}

function child(source: Json | undefined, at: string): JsonObject | undefined {
  return source === undefined ? undefined : structure(asObject(source, at), at);
}

function typeOf(source: JsonObject, at: string): Json | undefined {
  if (source['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  const type = source['type'];
  return source['nullable'] === true ? [asString(type, at), 'null'] : type;
}

/** What the user has to write: defaults are filled in before the API server looks for gaps. */
function requiredOf(source: JsonObject, at: string): Json | undefined {
  const properties = asObject(source['properties'] ?? {}, at);
  const names = asStrings(source['required'], at).filter(name => {
    return !('default' in asObject(properties[name] ?? {}, `${at}.${name}`));
  });
  return names.length > 0 ? names : undefined;
}

/** The API server drops what it does not know, so an object is closed unless it says otherwise. */
function additionalOf(source: JsonObject, at: string): Json | undefined {
  const values = source['additionalProperties'];
  if (values !== undefined) return typeof values === 'object' ? child(values, `${at}{}`) : values;
  const isOpen = source['x-kubernetes-preserve-unknown-fields'] === true;
  return source['type'] === 'object' && !isOpen ? false : undefined;
}

function propertiesOf(source: JsonObject, at: string): JsonObject | undefined {
  const properties = source['properties'];
  if (properties === undefined) return undefined;
  return Object.fromEntries(
    sortedEntries(asObject(properties, at)).map(([name, property]) => [
      name,
      structure(asObject(property, `${at}.${name}`), `${at}.${name}`),
    ]),
  );
}
