import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changesBetween } from './schemas/changes-between.ts';
import { libraryFile } from './schemas/core-definition.ts';
import { coreKind, coreLibrary, parseDefinitions } from './schemas/core-kinds.ts';
import { parseCustomKinds } from './schemas/custom-kinds.ts';
import { fetchModule, type GoModule, provenance, readSource } from './schemas/go-module.ts';
import { asObject, type JsonObject, renderJson } from './schemas/json.ts';
import { shareRepeated } from './schemas/share-repeated.ts';
import type { CustomSource, Release } from './schemas/sources.ts';
import { coreFile, coreKinds, coreModule, coreOthers, customSources } from './schemas/sources.ts';

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

function coreSchemas(module: GoModule): SchemaFiles {
  const definitions = parseDefinitions(readSource(fetchModule(module), coreFile));
  const comment = provenance(module, coreFile);
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

/** What is different in each other version of a module, by the file for it. */
function otherVersions(
  module: GoModule,
  others: readonly Release[],
  known: SchemaFiles,
  read: (module: GoModule) => SchemaFiles,
): SchemaFiles {
  return new Map(
    others.map(release => {
      const other = { ...module, ...release };
      const schemas = changesBetween(known, read(other));
      return [versionPath(other), { $comment: changedProvenance(other, module), schemas }];
    }),
  );
}

/** `cloudnative-pg-1.29.json`: the name of the module, and its version without the patch. */
function versionPath({ path, version }: GoModule): string {
  const [major, minor] = version.slice(1).split('.');
  return `versions/${basename(path)}-${major}.${minor}.json`;
}

function changedProvenance(other: GoModule, module: GoModule): string {
  return `What is different in ${other.path} ${other.version} (${other.licence}) from ${module.version}: a JSON merge patch (RFC 7396) of each schema, null for a kind that it has not`;
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

/** Every schema, and what is different in other versions. */
function allFiles(): SchemaFiles {
  const core = coreSchemas(coreModule);
  const files = [core, otherVersions(coreModule, coreOthers, core, coreSchemas)];
  for (const source of customSources) {
    const known = customSchemas(source);
    const read = (module: GoModule): SchemaFiles => customSchemas({ ...source, module });
    files.push(known, otherVersions(source.module, source.others ?? [], known, read));
  }
  for (const [name, text] of writtenChanges()) files.push(new Map([[`versions/${name}`, text]]));
  return new Map(files.flatMap(map => [...map]));
}

/** The versions whose modules no registry serves: what is different in them was read and written down. */
function writtenChanges(): [string, JsonObject][] {
  const folder = new URL('schemas/changes/', import.meta.url);
  return readdirSync(folder).map(name => {
    const document: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    return [name, asObject(document, name)];
  });
}

writeSchemas(allFiles());
