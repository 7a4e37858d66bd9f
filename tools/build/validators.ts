import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

const options = {
  allErrors: true,
  strict: false,
  verbose: true,
  code: { source: true, lines: true },
};

/** The validator of rem-secrets.yaml. */
export function compileSpec(schema: object | undefined): string {
  const ajv = new Ajv(options);
  return standalone.default(ajv, ajv.compile(schema ?? {}));
}

/**
 * The validators of all kinds as CommonJS files, by path: one file for the kinds of Kubernetes
 * itself, which share the pod's definitions, and one for each custom resource.
 */
export function compileKinds(schemas: ReadonlyMap<string, object>): Map<string, string> {
  const ajv = new Ajv(options);
  for (const [path, schema] of schemas) ajv.addSchema(schema, path);
  const files = new Map<string, string>();
  const core: Record<string, string> = {};
  for (const [path, schema] of schemas) {
    const kind = /^(.*)\.json$/.exec(path)?.[1];
    if (kind === undefined || !path.includes('/')) continue;
    if (isCore(schema)) core[exportName(kind)] = path;
    else files.set(`${kind}.cjs`, compileOne(schemas, path));
    if (isCore(schema))
      files.set(
        `${kind}.cjs`,
        `module.exports=require('../kubernetes.cjs').${exportName(kind)};\n`,
      );
  }
  files.set('kubernetes.cjs', standalone.default(ajv, core));
  return files;
}

function compileOne(schemas: ReadonlyMap<string, object>, path: string): string {
  const ajv = new Ajv(options);
  for (const name of ['kubernetes.json', path]) ajv.addSchema(schemas.get(name) ?? {}, name);
  const validate = ajv.getSchema(path);
  if (validate === undefined) throw new Error(`no schema at ${path}`);
  return standalone.default(ajv, validate);
}

function isCore(schema: object): boolean {
  return '$comment' in schema && String(schema.$comment).includes('k8s.io/kubernetes');
}

function exportName(kind: string): string {
  return kind.replaceAll(/[^a-zA-Z0-9]/g, '_');
}
