import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { defaultsOf } from './build/defaults.ts';
import { inAscii, writeFile } from './build/in-ascii.ts';
import { lateBuiltins } from './build/late-builtins.ts';
import { lateScripts } from './build/late-scripts.ts';
import { compilePage, PAGE_DECLARATION } from './build/page.ts';
import { sameShape } from './build/same-shape.ts';
import { compileKinds, compileSpec, SHARED } from './build/validators.ts';
import { keepCompiledCode } from './build/warm-up.ts';

/*
 * Makes dist/: validators compiled from schemas/, the defaults of the CRDs, the two bundles and
 * what V8 compiles of them. Nothing here runs when the tool does: ajv and the schemas stay at home.
 */
const root = new URL('../', import.meta.url);
const made = new URL('dist.new/', root);
const schemas = readSchemas(new URL('schemas/', root));

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
  plugins: [lateBuiltins, lateScripts, sameShape, inAscii],
  define: { 'import.meta.filename': '__filename', 'import.meta.dirname': '__dirname' },
};

rmSync(made, { recursive: true, force: true });
await makeValidators();
await makeKinds();
await makeGoRegexp();
await makeLayout();
makePage();
moveIn(['validators', 'kinds', 'expressions', 'layout', 'review']);
for (const name of [
  'rem-secrets',
  'rem-secrets-fn',
  'expander',
  'linter',
  'operator',
  'tree/mover',
])
  await makeBundle(name);
for (const name of ['rem-secrets', 'rem-secrets-fn']) await makeStarter(name);
moveIn(['bundle', 'rem-secrets.cjs', 'rem-secrets-fn.cjs']);
rmSync(made, { recursive: true, force: true });
keepCompiledCode(root);

function readSchemas(folder: URL): Map<string, object> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    files
      .filter(file => file.endsWith('.json'))
      .map(file => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8'))]),
  );
}

/** What the sources import as `#validators/…`: validators, the defaults of the CRDs, rules' pages. */
async function makeValidators(): Promise<void> {
  const schemaCheck = '../../generator/ground/schema/schema-check.ts';
  const storedForm = '../../generator/make/objects/stored-form.ts';
  for (const name of ['rem-secrets', 'rem-secrets-lint', 'rem-secrets-review']) {
    await build({
      ...options,
      stdin: {
        contents: compileSpec(schemas.get(`${name}.schema.json`)),
        resolveDir: pathOf(root),
      },
      outfile: pathOf(new URL(`validators/${name}.cjs`, made)),
    });
    write(`validators/${name}.d.cts`, declaration('Validator', schemaCheck, 'Validator'));
  }
  write('validators/pages.cjs', `module.exports = ${JSON.stringify(readPages())};\n`);
  write(
    'validators/pages.d.cts',
    'declare const value: Readonly<Record<string, string>>;\nexport = value;\n',
  );
  write('validators/defaults.cjs', `module.exports = ${JSON.stringify(defaultsOf(schemas))};\n`);
  write(
    'validators/defaults.d.cts',
    declaration('Record<string, Defaults>', storedForm, 'Defaults'),
  );
}

/**
 * The pages of the rules, of lint and of diff, by their ids. They are printed far from their folder,
 * so their links begin at the root of the repository.
 */
function readPages(): Record<string, string> {
  const generator = new URL('generator/', root);
  const pages = readdirSync(generator, { recursive: true, encoding: 'utf8' }).filter(file =>
    /^(lint|review\/risks)\/.*\.md$/.test(file),
  );
  return Object.fromEntries(
    pages.sort().map(file => {
      const text = readFileSync(new URL(file, generator), 'utf8');
      return [basename(file, '.md'), text.replaceAll(/\]\((?:\.\.\/)+/g, '](')];
    }),
  );
}

function declaration(type: string, module: string, name: string): string {
  return `import type { ${name} } from '${module}' with { 'resolution-mode': 'import' };\ndeclare const value: ${type};\nexport = value;\n`;
}

/** The validators of the kinds, without a require of ajv: the published package has no dependencies. */
async function makeKinds(): Promise<void> {
  for (const [path, code] of compileKinds(schemas)) write(`kinds/${path}`, code);
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
    entryPoints: [pathOf(new URL('generator/ground/go-regexp.ts', root))],
    outfile: pathOf(new URL('expressions/go-regexp.cjs', made)),
  });
}

/** What the `graph` command loads for images: the layout library, which no other command needs. */
async function makeLayout(): Promise<void> {
  await build({
    ...options,
    entryPoints: [pathOf(new URL('generator/report/graph/layout.ts', root))],
    outfile: pathOf(new URL('layout/layout.cjs', made)),
  });
  const licence = 'dagre.esm.js.LEGAL.txt'; // Named by the code; the licence asks to keep it.
  const text = readFileSync(new URL(`node_modules/@dagrejs/dagre/dist/${licence}`, root), 'utf8');
  write(`layout/${licence}`, text);
}

/** What `diff --format html` fills in: the sources import it as `#review/page`. */
function makePage(): void {
  write('review/page.cjs', compilePage(new URL('generator/report/review/html/', root)));
  write('review/page.d.cts', PAGE_DECLARATION);
}

/** A program, or a part of it that is loaded when it is needed. */
async function makeBundle(name: string): Promise<void> {
  await build({
    ...options,
    entryPoints: [pathOf(new URL(`generator/cli/${name}.ts`, root))],
    outfile: pathOf(new URL(`bundle/${name}.cjs`, made)),
  });
}

/** The few lines that start a program from its compiled code. */
async function makeStarter(name: string): Promise<void> {
  await build({
    ...options,
    entryPoints: [pathOf(new URL('generator/start/start.ts', root))],
    outfile: pathOf(new URL(`${name}.cjs`, made)),
    define: { ...options.define, BUNDLE: JSON.stringify(`${name}.cjs`) },
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
  writeFile(pathOf(new URL(path, made)), text);
}

function pathOf(url: URL): string {
  return fileURLToPath(url);
}
