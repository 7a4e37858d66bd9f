import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { defaultsOf } from './build/defaults.ts';
import { compileKinds, compileSpec } from './build/validators.ts';

/*
 * Makes dist/: validators compiled from schemas/, the defaults of the CRDs, and the two bundles.
 * Nothing here runs when the tool does: ajv and the schemas stay at home.
 */
const root = new URL('../', import.meta.url);
const schemas = readSchemas(new URL('schemas/', root));

const made = new URL('dist.new/', root);
rmSync(made, { recursive: true, force: true });
write('validators/rem-secrets.js', compileSpec(schemas.get('rem-secrets.schema.json')));
write(
  'validators/rem-secrets.d.ts',
  declaration('Validator', '../../generator/objects/schema-check.ts'),
);
write('validators/defaults.js', `export default ${JSON.stringify(defaultsOf(schemas))};\n`);
write(
  'validators/defaults.d.ts',
  declaration('Record<string, Defaults>', '../../generator/objects/stored-form.ts', 'Defaults'),
);
for (const [path, code] of compileKinds(schemas)) write(`kinds/${path}`, code);
await bundleKinds();
await bundle('rem-secrets');
await bundle('rem-secrets-fn');
rmSync(new URL('dist/', root), { recursive: true, force: true });
renameSync(made, new URL('dist/', root));

function readSchemas(folder: URL): Map<string, object> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    files
      .filter(file => file.endsWith('.json'))
      .map(file => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8'))]),
  );
}

function declaration(type: string, module: string, name: string = type): string {
  return `import type { ${name} } from '${module}';\ndeclare const value: ${type};\nexport default value;\n`;
}

function write(path: string, text: string): void {
  const file = fileURLToPath(new URL(path, made));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** One CommonJS file: Node starts it faster than modules, and it needs no node_modules. */
async function bundle(name: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL(`generator/cli/${name}.ts`, root))],
    outfile: fileURLToPath(new URL(`${name}.cjs`, made)),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    legalComments: 'linked',
    define: { 'import.meta.filename': '__filename' },
    logLevel: 'warning',
  });
}

/** The kinds' validators without a require of ajv: the package that is published has no dependencies. */
async function bundleKinds(): Promise<void> {
  const kinds = fileURLToPath(new URL('kinds/', made));
  await build({
    entryPoints: [`${kinds}**/*.cjs`],
    outdir: kinds,
    outExtension: { '.js': '.cjs' },
    allowOverwrite: true,
    bundle: true,
    external: ['../kubernetes.cjs'],
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    logLevel: 'warning',
  });
}
