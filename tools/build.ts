import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import type { JsonObject } from '../generator/core/json.ts';
import { changedSchemas, type SchemaChanges } from '../generator/core/schema.ts';
import { CERTIFICATES } from '../generator/shell/tune.ts';
import { defaultsOf } from './build/defaults.ts';
import { COMMANDS, fileOf, late } from './build/late.ts';
import { ownFields, withoutKinds } from './build/own-fields.ts';
import { compilePage, compileTexts, pageDeclaration } from './build/page.ts';
import { pure } from './build/pure.ts';
import { runtimeSchema } from './build/runtime-schema.ts';
import { sameShape } from './build/same-shape.ts';
import { sourcesSum } from './build/sources.ts';
import { documentType, typesOf } from './build/spec-types.ts';
import { compileKinds, compileSpec, compileVersion, SHARED } from './build/validators.ts';

/*
 * Makes dist/: validators compiled from schemas/, the defaults of the CRDs and the two programs.
 * Nothing here runs when the tool does: ajv and the schemas stay at home.
 */
const root = new URL('../', import.meta.url);
const sum = sourcesSum(pathOf(root));
const made = new URL('dist.new/', root);
const all = readSchemas(new URL('schemas/', root));
const specSchema = runtimeSchema(all.get('rem-secrets.schema.json') ?? {});
all.set('rem-secrets.schema.json', specSchema);
/** Those of kinds, and what they share. */
const schemas = new Map(
  [...all].filter(([path]) => !path.endsWith('.schema.json') && !path.startsWith('versions/')),
);
/** Those that are different in other versions, by the name of the version. */
const versions = readVersions();

/** CommonJS: Node starts it faster than modules, and it needs no node_modules beside it. */
const options: BuildOptions = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'linked',
  logLevel: 'warning',
  absWorkingDir: pathOf(root),
  plugins: [late, sameShape, pure],
  define: {
    'import.meta.filename': '__filename',
    'import.meta.dirname': '__dirname',
    BUILD: JSON.stringify(sum),
  },
};

rmSync(made, { recursive: true, force: true });
await makeValidators();
await makeKinds();
await makeGoRegexp();
await makeLayout();
makePage('review', ['report/html/head/', 'report/html/look/', 'diff/formats/html/']);
const searched = ['report/html/head/', 'report/html/look/', 'report/html/search/'];
makePage('runbook', [...searched, 'runbook/html/']);
makePage('graph', [...searched, 'graph-command/html/']);
moveIn(['validators', 'kinds', 'expressions', 'layout', 'review', 'runbook', 'graph']);
for (const name of COMMANDS) await makeBundle(name, fileOf(`#commands/${name}`), 'commands');
for (const name of ['expanded', 'iam-files', 'lint-list', 'runbooks', 'served', 'terminal'])
  await makeBundle(name, fileOf(`#${name}`), 'bundle');
for (const name of ['rem-secrets', 'rem-secrets-fn', 'shell/mover'])
  await makeBundle(basename(name), `generator/${name}.ts`, 'bundle');
for (const name of ['rem-secrets', 'rem-secrets-fn']) await makeStarter(name);
moveIn(['bundle', 'commands', 'start']);
writeFileSync(new URL('dist/.built', root), sum); // Also what `make` goes by.
rmSync(made, { recursive: true, force: true });

function readSchemas(folder: URL): Map<string, JsonObject> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    files
      .filter(file => file.endsWith('.json'))
      .map(file => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8'))]),
  );
}

function readVersions(): Map<string, Map<string, JsonObject>> {
  const files = [...all].filter(([path]) => path.startsWith('versions/'));
  return new Map(
    files.map(([path, changes]) => [
      basename(path, '.json'),
      changedSchemas(schemas, changes as unknown as SchemaChanges),
    ]),
  );
}

/** What the sources import as `#validators/…`: validators, the types of a spec, first files, the defaults of the CRDs, pages of rules. */
async function makeValidators(): Promise<void> {
  const validator = typeIn('core/schema.ts', 'Validator');
  const defaults = typeIn('spec/objects/patches.ts', 'Defaults');
  for (const name of [
    'rem-secrets',
    'rem-secrets-lint',
    'rem-secrets-baseline',
    'rem-secrets-review',
    'rem-secrets-injection',
  ]) {
    await build({
      ...options,
      stdin: {
        contents: compileSpec(withoutKinds(all.get(`${name}.schema.json`) ?? {})),
        resolveDir: pathOf(root),
      },
      outfile: pathOf(new URL(`validators/${name}.cjs`, made)),
    });
    const isConfig = /-(?:lint|review)$/.test(name);
    const document = isConfig ? documentType(all.get(`${name}.schema.json`) ?? {}) : '';
    write(`validators/${name}.d.cts`, declaration('validate', validator) + document);
  }
  write('validators/spec.d.cts', typesOf(specSchema));
  write('validators/own-fields.cjs', parsed('ownFields', ownFields(specSchema, schemas)));
  const field = typeIn('spec/own-fields.ts', 'OwnField');
  write(
    'validators/own-fields.d.cts',
    declaration('ownFields', `Record<string, Record<string, Record<string, ${field}>>>`),
  );
  write('validators/first-files.cjs', compileTexts(new URL('generator/init/', root)));
  write(
    'validators/first-files.d.cts',
    declaration('textOf', '(name: string, it: object) => string'),
  );
  write('validators/pages.cjs', `exports.pages = ${JSON.stringify(readPages())};\n`);
  write('validators/pages.d.cts', declaration('pages', 'Readonly<Record<string, string>>'));
  write('validators/defaults.cjs', parsed('defaults', defaultsOf(schemas)));
  write('validators/defaults.d.cts', declaration('defaults', `Record<string, ${defaults}>`));
  const different = Object.fromEntries(
    [...versions].map(([name, changed]) => [name, otherDefaults(changed)] as const),
  );
  write(
    'validators/version-defaults.cjs',
    `exports.versionDefaults = ${JSON.stringify(different)};\n`,
  );
  write(
    'validators/version-defaults.d.cts',
    declaration('versionDefaults', `Record<string, Record<string, ${defaults}>>`),
  );
}

/** The defaults of the kinds that have others in a version. */
function otherDefaults(changed: ReadonlyMap<string, JsonObject>): Record<string, unknown> {
  const known = defaultsOf(schemas);
  const kinds = Object.entries(defaultsOf(changed));
  return Object.fromEntries(
    kinds.filter(([kind, defaults]) => JSON.stringify(defaults) !== JSON.stringify(known[kind])),
  );
}

/**
 * The pages of the rules, of lint and of diff, by their ids. They are printed far from their folder,
 * so their links begin at the root of the repository.
 */
function readPages(): Record<string, string> {
  const generator = new URL('generator/', root);
  const pages = readdirSync(generator, { recursive: true, encoding: 'utf8' }).filter(file =>
    /^(lint|diff\/risks)\/.*\.md$/.test(file),
  );
  return Object.fromEntries(
    pages.sort().map(file => {
      const text = readFileSync(new URL(file, generator), 'utf8');
      return [basename(file, '.md'), text.replaceAll(/\]\((?:\.\.\/)+/g, '](')];
    }),
  );
}

/** A module with data: V8 makes an object of a text sooner than of an expression. */
function parsed(name: string, data: object): string {
  return `exports.${name} = JSON.parse(${JSON.stringify(JSON.stringify(data))});\n`;
}

function declaration(name: string, type: string): string {
  return `export declare const ${name}: ${type};\n`;
}

function typeIn(module: string, type: string): string {
  return `import('../../generator/${module}', { with: { 'resolution-mode': 'import' } }).${type}`;
}

/** The validators of the kinds, without a require of ajv: the published package has no dependencies. */
async function makeKinds(): Promise<void> {
  for (const [path, code] of compileKinds(schemas)) write(`kinds/${path}`, code);
  for (const [name, changed] of versions)
    for (const [path, code] of compileVersion(schemas, changed))
      write(`kinds/versions/${name}/${path}`, code);
  const kinds = pathOf(new URL('kinds/', made));
  await build({
    ...options,
    entryPoints: [`${kinds}**/*.cjs`],
    outdir: kinds,
    outExtension: { '.js': '.cjs' },
    allowOverwrite: true,
    external: SHARED.map(file => `../${file}`),
  });
}

/** What is loaded where a manifest holds a regular expression. */
async function makeGoRegexp(): Promise<void> {
  await build({
    ...options,
    entryPoints: [pathOf(new URL(fileOf('#go-regexp'), root))],
    outfile: pathOf(new URL('expressions/go-regexp.cjs', made)),
  });
}

/** What the `graph` command loads for images: the layout library, which no other command needs. */
async function makeLayout(): Promise<void> {
  await build({
    ...options,
    entryPoints: [pathOf(new URL(fileOf('#layout'), root))],
    outfile: pathOf(new URL('layout/layout.cjs', made)),
  });
  const licence = 'dagre.esm.js.LEGAL.txt'; // Named by the code; the licence asks to keep it.
  const text = readFileSync(new URL(`node_modules/@dagrejs/dagre/dist/${licence}`, root), 'utf8');
  write(`layout/${licence}`, text);
}

/** What a command fills in with --format html: the sources import it as `#NAME/page`. */
function makePage(name: string, folders: readonly string[]): void {
  write(
    `${name}/page.cjs`,
    compilePage(folders.map(folder => new URL(`generator/${folder}`, root))),
  );
  write(`${name}/page.d.cts`, pageDeclaration);
}

/** A program, or a part of it that is loaded when it is needed, in a folder of dist/. */
async function makeBundle(name: string, file: string, folder: string): Promise<void> {
  const path = `${folder}/${name}.cjs`;
  await build({
    ...options,
    entryPoints: [pathOf(new URL(file, root))],
    outfile: pathOf(new URL(path, made)),
  });
  write(path, readFileSync(new URL(path, made), 'utf8').replaceAll(/[^\0-\x7f]/g, escaped));
}

/** In a script of ASCII a character takes V8 one byte, not two; esbuild leaves regular expressions as they are. */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * The few lines that start a program from compiled code: what npm puts on the PATH. Their second one is
 * a command for the shell, and a string and a comment for Node, which would put /dev/null in the place
 * of what is closed, and say nothing; of what the shell puts there it says that it cannot.
 */
async function makeStarter(name: string): Promise<void> {
  const command = `{ true 3<&0; } 2>/dev/null || exec 0>/dev/null; { true 3>&1; } 2>/dev/null || exec 1</dev/null; ${CERTIFICATES}; exec node "$0" "$@"`;
  await build({
    ...options,
    entryPoints: [pathOf(new URL('generator/shell/start-program.ts', root))],
    outfile: pathOf(new URL(`start/${name}.cjs`, made)),
    define: { ...options.define, PROGRAM: JSON.stringify(name) },
    banner: { js: `#!/bin/sh\n':' //; ${command}` },
  });
}

/** Replaces what dist/ has: whoever runs it meanwhile finds the old or the new. */
function moveIn(names: readonly string[]): void {
  mkdirSync(new URL('dist/', root), { recursive: true });
  for (const name of names) {
    rmSync(new URL(`dist/${name}`, root), { recursive: true, force: true });
    renameSync(new URL(name, made), new URL(`dist/${name}`, root));
  }
}

function write(path: string, text: string): void {
  const file = new URL(path, made);
  mkdirSync(new URL('./', file), { recursive: true });
  writeFileSync(file, text);
}

function pathOf(url: URL): string {
  return fileURLToPath(url);
}
