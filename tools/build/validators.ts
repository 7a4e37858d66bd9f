import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { groupBy } from '../../generator/ground/group-by.ts';

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
 * Findings quote the schema, and most runs have none: to make objects of all of it takes a tenth of a
 * short run, so it stays a text until something of it is asked for.
 */
function codeOf(ajv: Ajv, validators: Parameters<typeof standalone.default>[1]): string {
  return standalone
    .default(ajv, validators)
    .split('\n')
    .map(line => {
      const [, name, schema] = /^const (schema\d+) = (\{.*\});$/.exec(line) ?? [];
      return name === undefined || schema === undefined
        ? line.replaceAll(/\bschema\d+\b/g, '$&()')
        : `let ${name}Read;const ${name} = () => ${name}Read ??= JSON.parse(${JSON.stringify(schema)});`;
    })
    .join('\n');
}

/** The files that validators of several kinds stand in, because they share definitions. */
export const SHARED = ['kubernetes.cjs', 'pods.cjs'] as const;

/**
 * The validators of all kinds as CommonJS files, by path: one file for the kinds of Kubernetes
 * itself, another for those of them that have pods, and one for each custom resource.
 */
export function compileKinds(schemas: ReadonlyMap<string, object>): Map<string, string> {
  const ajv = new Ajv(ofKinds);
  for (const [path, schema] of schemas)
    if (!path.endsWith('.schema.json')) ajv.addSchema(schema, path);
  const kinds = [...schemas].filter(([path]) => /^.+\/.+\.json$/.test(path));
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

/** The file that a kind shares with others. */
function sharedFile(schema: object, schemas: ReadonlyMap<string, object>): string | undefined {
  const isCore = '$comment' in schema && String(schema.$comment).includes('k8s.io/kubernetes');
  return isCore ? SHARED[hasPods(schema, schemas) ? 1 : 0] : undefined;
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
