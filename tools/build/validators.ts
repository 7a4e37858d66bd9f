import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { groupBy, isMap, mapAt } from '../../generator/core/json.ts';
import { shortErrors } from './short-errors.ts';

const options = {
  allErrors: true,
  strict: false,
  verbose: true,
  code: { source: true, lines: true },
};

/** Definitions are not written out where they are used: half the code of a store, in half the time. */
const ofKinds = { ...options, inlineRefs: false };

/** The validator of rem-secrets.yaml. */
export function compileSpec(schema: object | undefined): string {
  const ajv = new Ajv({ ...options, code: { ...options.code, esm: true } });
  return codeOf(ajv, ajv.compile(schema ?? {}));
}

/**
 * Findings quote the schema, and most runs have none. So it stays a text until something of it is asked
 * for, and the names that a map may have stand by themselves: a short run takes a hundredth less.
 */
function codeOf(ajv: Ajv, validators: Parameters<typeof standalone.default>[1]): string {
  const schemas = new Map<string, unknown>();
  const known: string[] = [];
  const lines = shortErrors(standalone.default(ajv, validators)).split('\n');
  const code = lines.map(line => {
    const [, name, schema] = /^const (schema\d+) = (\{.*\});$/.exec(line) ?? [];
    if (name === undefined || schema === undefined)
      return line
        .replace(/(?<=\.call\()(schema\d+)(\S+)(?=, key)/, (_, name: string, path: string) => {
          known.push(namesIn(schemas.get(name), path));
          return `known${known.length - 1}`;
        })
        .replaceAll(/\bschema\d+\b/g, '$&()');
    schemas.set(name, JSON.parse(schema));
    const text = JSON.stringify(JSON.parse(schema, withoutWords));
    return `let ${name}Read;const ${name} = () => ${name}Read ??= JSON.parse(${JSON.stringify(text)});`;
  });
  return [...code, ...known.map((names, index) => `const known${index} = ${names};`)].join('\n');
}

/** What editors show of a field is in no finding. */
function withoutWords(key: string, value: unknown): unknown {
  return (key === 'description' || key === 'examples') && !isMap(value) ? undefined : value;
}

/** A map with the names of one that is in a schema, by a path such as `.properties["a-b"].properties`. */
function namesIn(schema: unknown, path: string): string {
  const steps = [...path.matchAll(/\.(\w+)|\["([^"]+)"\]/g)].map(([, a, b]) => a ?? b ?? '');
  const names = Object.keys(mapAt(schema, ...steps));
  if (names.length === 0) throw new Error(`the schema has nothing at ${path}`);
  return JSON.stringify(Object.fromEntries(names.map(name => [name, 0])));
}

/** The files that validators of several kinds stand in, because they share definitions. */
export const SHARED = ['kubernetes.cjs', 'pods.cjs'] as const;

/**
 * The validators of kinds as CommonJS files, by path: one file for the kinds of Kubernetes
 * itself, another for those of them that have pods, and one for each custom resource.
 */
export function compileKinds(
  schemas: ReadonlyMap<string, object>,
  isWanted: (path: string) => boolean = () => true,
): Map<string, string> {
  const ajv = new Ajv(ofKinds);
  for (const [path, schema] of schemas) ajv.addSchema(schema, path);
  const kinds = [...schemas].filter(([path]) => path.includes('/') && isWanted(path));
  const byFile = groupBy(kinds, ([, schema]) => sharedFile(schema, schemas));
  const files = new Map<string, string>();
  for (const [file, of] of byFile) {
    for (const [path] of of) files.set(scriptOf(path), scriptIn(file, path, schemas));
    const exports = Object.fromEntries(of.map(([path]) => [exportName(path), path]));
    if (file !== undefined) files.set(file, codeOf(ajv, exports));
  }
  return files;
}

function scriptOf(path: string): string {
  return path.replace(/json$/, 'cjs');
}

function scriptIn(
  file: string | undefined,
  path: string,
  schemas: ReadonlyMap<string, object>,
): string {
  if (file === undefined) return compileOne(schemas, path);
  return `module.exports=require('../${file}').${exportName(path)};\n`;
}

function compileOne(schemas: ReadonlyMap<string, object>, path: string): string {
  const ajv = new Ajv(ofKinds);
  for (const name of ['kubernetes.json', path]) ajv.addSchema(schemas.get(name) ?? {}, name);
  const validate = ajv.getSchema(path);
  if (validate === undefined) throw new Error(`no schema at ${path}`);
  return codeOf(ajv, validate);
}

/**
 * The validators of another version, of the kinds that are different in it. What Kubernetes shares
 * among its kinds is in one file: where that is different, all of them are compiled.
 */
export function compileVersion(
  schemas: ReadonlyMap<string, object>,
  changed: ReadonlyMap<string, object>,
): Map<string, string> {
  const isShared = changed.has('kubernetes.json');
  const isWanted = (path: string): boolean =>
    changed.has(path) || (isShared && isOfKubernetes(schemas.get(path)));
  return compileKinds(new Map([...schemas, ...changed]), isWanted);
}

function isOfKubernetes(schema: object = {}): boolean {
  return '$comment' in schema && String(schema.$comment).includes('k8s.io/kubernetes');
}

/** The file that a kind shares with others. */
function sharedFile(schema: object, schemas: ReadonlyMap<string, object>): string | undefined {
  return isOfKubernetes(schema) ? SHARED[hasPods(schema, schemas) ? 1 : 0] : undefined;
}

/** Whether a kind's schema leads to that of a pod, whose code is most of all there is. */
function hasPods(schema: object, schemas: ReadonlyMap<string, object>): boolean {
  const { definitions } = schemas.get('kubernetes.json') as { definitions: Record<string, object> };
  const open = [schema];
  const seen = new Set<string>();
  for (const part of open)
    for (const [, name = ''] of JSON.stringify(part).matchAll(/#\/definitions\/([\w.]+)/g))
      if (!seen.has(name)) {
        seen.add(name);
        open.push(definitions[name] ?? {});
      }
  return seen.has('core.v1.PodSpec');
}

function exportName(path: string): string {
  return path.replace('.json', '').replaceAll(/[^a-zA-Z0-9]/g, '_');
}
