import { coreDefinition, libraryFromGroup, shortName } from './core-definition.ts';
import type { Json, JsonObject } from './json.ts';
import { asObject, asObjects, asStrings, sortedEntries } from './json.ts';
import { inOrder } from './keywords.ts';

/** The definitions of an OpenAPI document by their short names, such as `core.v1.PodSpec`. */
type Definitions = ReadonlyMap<string, JsonObject>;

/** Reads the definitions of the OpenAPI document of Kubernetes. */
export function parseDefinitions(text: string): Definitions {
  const document: unknown = JSON.parse(text);
  const definitions = new Map<string, JsonObject>();
  const source = asObject(asObject(document, 'swagger')['definitions'], 'definitions');
  for (const [longName, definition] of Object.entries(source)) {
    const name = shortName(longName);
    if (definitions.has(name)) throw new Error(`two definitions have the short name ${name}`);
    definitions.set(name, asObject(definition, longName));
  }
  return definitions;
}

/** The schema of one kind, which finds what it shares with others in the library file. */
export function coreKind(definitions: Definitions, apiVersion: string, kind: string): JsonObject {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  for (const [name, definition] of definitions) {
    const names = asObjects(definition['x-kubernetes-group-version-kind'] ?? [], name);
    const isIt = names.some(
      is => is['group'] === group && is['version'] === version && is['kind'] === kind,
    );
    if (!isIt) continue;
    const { properties, required, ...rest } = coreDefinition(definition, name, libraryFromGroup);
    return inOrder({
      ...rest,
      type: 'object',
      required: [...new Set(['apiVersion', 'kind', ...asStrings(required, name)])],
      properties: {
        ...asObject(properties, name),
        apiVersion: { const: apiVersion },
        kind: { const: kind },
      },
    });
  }
  throw new Error(`Kubernetes has no ${kind} in ${apiVersion}`);
}

/** The definitions that the given schemas refer to, directly or through others. */
export function coreLibrary(definitions: Definitions, schemas: Iterable<JsonObject>): JsonObject {
  const library: Record<string, JsonObject> = {};
  const waiting = [...schemas].flatMap(references);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name in library) continue;
    const schema = coreDefinition(asObject(definitions.get(name), name), name, '');
    library[name] = schema;
    waiting.push(...references(schema));
  }
  return Object.fromEntries(sortedEntries(library));
}

function references(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === '$ref' && typeof child === 'string'
      ? [child.split('/').at(-1) ?? '']
      : references(child),
  );
}
