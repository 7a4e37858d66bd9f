import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { libraryFile } from './schemas/core-definition.ts';
import { coreKind, coreLibrary, parseDefinitions } from './schemas/core-kinds.ts';
import { parseCustomKinds } from './schemas/custom-kinds.ts';
import { fetchModule, provenance, readSource } from './schemas/go-module.ts';
import { type JsonObject, renderJson } from './schemas/json.ts';
import { shareRepeated } from './schemas/share-repeated.ts';
import {
  type CustomSource,
  coreFile,
  coreKinds,
  coreModule,
  customSources,
} from './schemas/sources.ts';

/** The schemas to write, by their path in the folder of schemas. */
type SchemaFiles = ReadonlyMap<string, JsonObject>;

const target = fileURLToPath(new URL('../schemas', import.meta.url));

function schemaPath(apiVersion: string, kind: string): string {
  const [group = '', version = group] = apiVersion.split('/');
  return `${group}/${kind.toLowerCase()}_${version}.json`;
}

function headed(comment: string, schema: JsonObject): JsonObject {
  return { $schema: 'http://json-schema.org/draft-07/schema#', $comment: comment, ...schema };
}

function coreSchemas(): SchemaFiles {
  const definitions = parseDefinitions(readSource(fetchModule(coreModule), coreFile));
  const comment = provenance(coreModule, coreFile);
  const files = new Map<string, JsonObject>();
  for (const [apiVersion, kinds] of Object.entries(coreKinds)) {
    for (const kind of kinds) {
      const schema = coreKind(definitions, apiVersion, kind);
      files.set(schemaPath(apiVersion, kind), headed(comment, schema));
    }
  }
  const library = { definitions: coreLibrary(definitions, files.values()) };
  return files.set(libraryFile, headed(comment, library));
}

function customSchemas({ module, folder, files: chosen }: CustomSource): SchemaFiles {
  const root = fetchModule(module);
  const names = chosen ?? readdirSync(join(root, folder)).sort();
  const files = new Map<string, JsonObject>();
  for (const name of names) {
    if (name === 'kustomization.yaml') continue;
    const path = `${folder}/${name}`;
    for (const { group, version, kind, schema } of parseCustomKinds(readSource(root, path))) {
      const comment = provenance(module, path);
      files.set(schemaPath(`${group}/${version}`, kind), headed(comment, shareRepeated(schema)));
    }
  }
  return files;
}

/** Writes the schemas and removes those, in the folders of groups, that are no longer made. */
function writeSchemas(files: SchemaFiles): void {
  for (const entry of readdirSync(target, { withFileTypes: true })) {
    if (entry.isDirectory()) rmSync(join(target, entry.name), { recursive: true });
  }
  for (const [path, schema] of files) {
    const file = join(target, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${renderJson(schema)}\n`);
  }
}

writeSchemas(
  new Map([coreSchemas(), ...customSources.map(customSchemas)].flatMap(map => [...map])),
);
