import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';
import { kinds } from '../generator/kinds/kinds.ts';
import { commands } from '../generator/main.ts';
import { findingFormats } from '../generator/report/finding.ts';
import { NODE_AS_NEEDED } from '../tools/release/program-archive.ts';
import { root } from './machine.ts';

/*
 * How generator/ is put together. Each test lists all offenders; what biome can see is in biome.json:
 * who may import Node's own modules.
 */

/** What every command may use: the two trunks, the folder where they meet, and what is around them. */
const TRUNKS = [
  'core', 'yaml', 'kinds', 'spec', 'world', 'graph', 'environments', 'report', 'shell',
]; // biome-ignore format: a table

type Imported = Readonly<Record<string, readonly string[]>>;

/** Of each folder of a feature the others that it may import from. */
const FEATURES: Imported = { lint: TRUNKS,
  iam: [...TRUNKS, 'lint'],
  capacity: [...TRUNKS, 'iam'],
  params: [...TRUNKS, 'lint', 'iam'],
  runbook: [...TRUNKS, 'iam', 'params'],
  diff: [...TRUNKS, 'lint', 'capacity'],
  doctor: [...TRUNKS, 'iam', 'params', 'diff'],
  import: [...TRUNKS, 'lint', 'iam', 'diff'],
  expand: [...TRUNKS, 'iam', 'runbook'],
  krm: [...TRUNKS, 'lint'],
  inject: TRUNKS,
  init: TRUNKS,
  validate: TRUNKS,
  versions: TRUNKS,
  'graph-command': TRUNKS,
}; // biome-ignore format: a table

/** Of each folder and loose file of generator/ the others that it may import from. */
const MAY_IMPORT: Imported = { core: [],
  yaml: ['core'],
  kinds: ['core', 'yaml'],
  spec: ['core', 'yaml', 'kinds'],
  world: ['core', 'yaml', 'kinds'],
  graph: ['core', 'kinds', 'world'],
  environments: ['core', 'yaml', 'kinds', 'spec', 'world'],
  report: ['core', 'yaml', 'kinds', 'graph'],
  shell: ['core', 'yaml', 'kinds', 'spec', 'world', 'graph', 'environments', 'report'],
  ...FEATURES,
  'main.ts': ['core', 'shell', ...Object.keys(FEATURES).filter(name => name !== 'krm')],
  'rem-secrets.ts': ['main.ts', 'shell'],
  'rem-secrets-fn.ts': ['krm', 'shell'],
}; // biome-ignore format: a table

/** What the sources may not say, but where it is allowed: in these files, and below these folders. */
const FORBIDDEN: readonly {
  readonly what: string;
  readonly pattern: RegExp;
  readonly allowedIn: readonly string[];
}[] = [
  {
    what: 'asks another machine: params/aws.ts does',
    pattern: /\bfetch\(|\bnew (?:WebSocket|EventSource)\(/,
    allowedIn: ['params/aws.ts'],
  },
  {
    what: 'may import what biome.json forbids',
    pattern: /biome-ignore\S* lint(?:\/style(?:\/noRestrictedImports)?)?[:(]/,
    allowedIn: ['shell/served.ts'], // The proxy of kubectl.
  },
  {
    what: 'requires a module, which biome does not see',
    pattern:
      /\bgetBuiltinModule\(|\bcreateRequire\((?!import\.meta\.filename\)\(\s*'node:(?:tty|v8)')/,
    allowedIn: ['shell/start.ts'],
  },
  {
    what: 'starts git: world/git.ts does',
    pattern: /(?:run(?:Now)?|spawn\w*)\(\s*.?'git'/,
    allowedIn: ['world/git.ts'],
  },
  {
    what: 'starts a program, which shell/programs.ts does with limits; the others start our own',
    pattern: /from 'node:child_process'/,
    allowedIn: ['shell/programs.ts', 'shell/keeper.ts', 'shell/served.ts', 'shell/write-files.ts'],
  },
  {
    what: 'names an API group: kinds/ and the builders do',
    pattern: namesOfGroups(),
    allowedIn: ['kinds/', 'spec/objects/'],
  },
  {
    what: 'puts a regular expression together: it is tried through its function, or is of our own texts',
    pattern: /\bnew RegExp\(/,
    allowedIn: [
      'init/command.ts',
      'core/template/parse.ts',
      'core/secret-text.ts',
      'yaml/block-reader.ts',
    ],
  },
];

/** What says nothing of what a name holds: the noun does. A report's JSON has a field `known`. */
const EMPTY_WORDS =
  'own other one given known seen told said asked wanted begun held beside room odd strangers standings remarks';

/** Lists, and the folders whose files must all be imported by one of them, or those with an entry. */
const LISTS: readonly {
  readonly lists: readonly string[];
  readonly folder: string;
  readonly entry?: RegExp;
  readonly unlisted?: readonly string[];
}[] = [
  { lists: ['lint/rule-list.ts'], folder: 'lint/rules/' },
  { lists: ['diff/risk-list.ts'], folder: 'diff/risks/' },
  { lists: ['main.ts'], folder: '', entry: /^export const \w+: CommandLine\b/m },
  {
    lists: ['kinds/kind-list.ts', 'kinds/kinds.ts', 'kinds/eso/generators.ts'],
    folder: 'kinds/',
    entry: /^export const [a-z]\w*: (?:readonly )?Kind\b/m,
    unlisted: ['kinds/kinds.ts', 'kinds/core/pod.ts'], // Of an Event nothing is known.
  },
];

/** What each file imports. */
type Imports = ReadonlyMap<string, readonly string[]>;

/** No file is longer, but lists. */
const MOST_LINES = 500;

/** Commands whose JSON has another name in schemas/report.schema.json, and those that print JSON of others. */
const OTHER_NAMES: Readonly<Record<string, string>> = { params: 'entries' };
const JSON_OF_OTHERS = ['inject', 'render'];

const generator = join(root, 'generator');
const texts: ReadonlyMap<string, string> = new Map(
  readdirSync(generator, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map(path => [relative(generator, path), readFileSync(path, 'utf8')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);
const sources = [...texts].filter(([file]) => file.endsWith('.ts'));
const packageJson: Record<
  'imports' | 'devDependencies',
  Readonly<Record<string, string>>
> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const imports: Imports = new Map(sources.map(([file, text]) => [file, importsIn(file, text)]));

test('each folder imports only from those that MAY_IMPORT has for it', () => {
  const there = new Set(sources.map(([file]) => folderOf(file)));
  const named = new Set(
    Object.entries(MAY_IMPORT).flatMap(([folder, others]) => [folder, ...others]),
  );
  const offenders = [
    ...[...there]
      .filter(name => !(name in MAY_IMPORT))
      .map(name => `add ${name} to FEATURES or MAY_IMPORT`),
    ...[...named]
      .filter(name => !there.has(name))
      .map(name => `MAY_IMPORT names ${name}, which is not there`),
    ...[...imports].flatMap(([file, targets]) =>
      targets
        .filter(target => folderOf(target) !== folderOf(file))
        .filter(target => !MAY_IMPORT[folderOf(file)]?.includes(folderOf(target)))
        .map(target => `${file} imports ${target}`),
    ),
  ];
  expect(offenders).toEqual([]);
});

test('docs/architecture.md names each folder, and each package that we depend on', () => {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const offenders = [...Object.keys(MAY_IMPORT), ...Object.keys(packageJson.devDependencies)]
    .filter(name => !page.includes(`\`${name}\``))
    .map(name => `add \`${name}\` to docs/architecture.md`);
  expect(offenders).toEqual([]);
});

test('what docs/architecture.md names by its path is there', () => {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const named = [...page.matchAll(/`([a-z-]+\/[\w./-]+)`/g)].map(([, path = '']) => path);
  const offenders = named.filter(
    path => ![path, `generator/${path}`].some(place => existsSync(join(root, place))),
  );
  expect(named.length).toBeGreaterThan(30);
  expect(offenders).toEqual([]);
});

test('no file imports itself by way of others, be it for a type', () =>
  expect(circlesIn(imports)).toEqual([]));

test('no file says what FORBIDDEN has, and each exception is needed', () => {
  const offenders = FORBIDDEN.flatMap(({ what, pattern, allowedIn }) => {
    const files = sources.filter(([, text]) => pattern.test(text)).map(([file]) => file);
    return [
      ...files
        .filter(file => !allowedIn.some(path => isWithin(path, file)))
        .map(file => `${file} ${what}`),
      ...allowedIn
        .filter(path => !files.some(file => isWithin(path, file)))
        .map(path => `no file needs the exception of ${path}: ${what}`),
    ];
  });
  expect(offenders).toEqual([]);
});

test('no name is one of EMPTY_WORDS', () => {
  const word = `(?:${EMPTY_WORDS.replaceAll(' ', '|')})`;
  const declared = `\\b(?:const|let|function\\*?|readonly|type|interface) (${word})\\b`;
  const bound = `[({\\[,] ?(${word})(?= ?[:=,;)}\\]?])|\\b(${word}) =>|: (${word})(?= ?[,}])`;
  const pattern = new RegExp(`${declared}|${bound}`, 'g');
  const offenders = sources.flatMap(([file, text]) => {
    const code = text
      .replaceAll(/\/\*.*?\*\/|(?:^|\s)\/\/.*$/gms, '')
      .replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''");
    const isField = (name: string): boolean => file === 'lint/report.ts' && name.endsWith(' known');
    const names = [...code.matchAll(pattern)].map(([found]) => found);
    return names.filter(name => !isField(name)).map(name => `${file}: ${name}`);
  });
  expect(offenders).toEqual([]);
});

test('no file is long but lists, and none is the second half of another', () => {
  const lists = LISTS.flatMap(({ lists }) => lists);
  const offenders = [...texts].flatMap(([file, text]) => {
    const lines = text.split('\n').length - 1;
    return [
      ...(lines > MOST_LINES && !lists.includes(file) ? [`${file} has ${lines} lines`] : []),
      ...(/-2(?:\.|$)/.test(basename(file)) ? [`${file} is named for no thing of its own`] : []),
    ];
  });
  expect(offenders).toEqual([]);
});

test('the launcher of a clone starts Node with the heap that releases give it', () => {
  const launcher = readFileSync(join(root, 'generator/rem-secrets'), 'utf8');
  expect(launcher).toContain(NODE_AS_NEEDED);
});

test('whatever is to be in a list is in it', () => {
  const offenders = LISTS.flatMap(({ lists, folder, entry = /(?:)/, unlisted = [] }) => {
    const listed = new Set(lists.flatMap(list => imports.get(list) ?? []));
    const entries = [...texts].filter(([file, text]) => isWithin(folder, file) && entry.test(text));
    if (entries.length === 0) return [`LISTS names ${folder}, where nothing is to be in a list`];
    return entries
      .map(([file]) => file)
      .filter(file => !unlisted.includes(file) && !listed.has(file.replace(/\.md$/, '.ts')))
      .map(file => `${file}: add it to generator/${lists[0]}`);
  });
  expect(offenders).toEqual([]);
});

test('what a command prints as JSON has a definition, and a test that runs it', () => {
  const schema: { readonly oneOf: readonly unknown[]; readonly $defs: object } = JSON.parse(
    readFileSync(join(root, 'schemas/report.schema.json'), 'utf8'),
  );
  const folder = join(root, 'test/report');
  const runs = readdirSync(folder)
    .map(file => readFileSync(join(folder, file), 'utf8'))
    .join('');
  const offenders = commands.flatMap(({ name, action }) => {
    const { formats, outputs } = action();
    const documents = [formats, outputs].flatMap(all => {
      if (all?.['json'] === undefined) return [];
      if (all === findingFormats) return ['findings'];
      return JSON_OF_OTHERS.includes(name) ? [] : [OTHER_NAMES[name] ?? name];
    });
    return documents.flatMap(document => [
      ...(document in schema.$defs &&
      schema.oneOf.some(one => JSON.stringify(one).includes(`"#/$defs/${document}"`))
        ? []
        : [`${name}: add $defs/${document} to schemas/report.schema.json, and to its oneOf`]),
      ...(new RegExp(`expectDocument\\(\\s*'${document}'`).test(runs)
        ? []
        : [
            `${name}: run it in test/report/report-schema.test.ts, with expectDocument('${document}', …)`,
          ]),
    ]);
  });
  expect(offenders).toEqual([]);
});

/** The files of generator/ that a file imports, also by what `package.json` calls them. */
function importsIn(file: string, text: string): string[] {
  const found = text.matchAll(/\b(?:from|import)\s*\(?\s*'([.#][^']+)'/g);
  return [...found].flatMap(([, imported = '']) => {
    const path = imported.startsWith('#')
      ? relative('generator', meantBy(imported))
      : normalize(join(dirname(file), imported));
    return path.startsWith('..') ? [] : [path]; // package.json, or what the build makes
  });
}

/** What `package.json` has under a name, or under its folder for all in it. */
function meantBy(name: string): string {
  const all = packageJson.imports[name.replace(/[^/]+$/, '*')];
  return packageJson.imports[name] ?? all?.replace('*', basename(name)) ?? '..';
}

/** Circles without a file in common, the shortest first; without them there are no others. */
function circlesIn(all: Imports): string[] {
  const graph = withoutEnds(all);
  if (graph.size === 0) return [];
  const [shortest = []] = [...graph.keys()]
    .map(file => wayBack(file, graph))
    .filter(way => way.length > 0)
    .sort((a, b) => a.length - b.length);
  const others = [...graph].filter(([file]) => !shortest.includes(file));
  return [shortest.join(' → '), ...circlesIn(new Map(others))];
}

/** Files that import others and are imported: none, where there are no circles. */
function withoutEnds(all: Imports): Imports {
  const open = new Map(all);
  for (let before = -1; before !== open.size; ) {
    before = open.size;
    const imported = new Set([...open.values()].flat());
    for (const [file, targets] of open)
      if (!imported.has(file) || !targets.some(target => open.has(target))) open.delete(file);
  }
  return open;
}

/** The shortest way from a file to itself; empty: there is none. */
function wayBack(file: string, graph: Imports): string[] {
  const ways = [[file]];
  const seen = new Set<string>();
  for (const way of ways)
    for (const target of graph.get(way.at(-1) ?? file) ?? []) {
      if (target === file) return [...way, file];
      if (graph.has(target) && !seen.has(target)) ways.push([...way, target]);
      seen.add(target);
    }
  return [];
}

/** The folder directly below generator/, or the loose file. */
const folderOf = (file: string): string => file.split('/')[0] ?? file;

function isWithin(path: string, file: string): boolean {
  return path === '' || file === path || (path.endsWith('/') && file.startsWith(path));
}

/** The names of the groups of all kinds, none as the end or the beginning of another. */
function namesOfGroups(): RegExp {
  const groups = [...new Set(kinds.map(({ group }) => group))].filter(group => group.includes('.'));
  const names = groups.map(group => `(?<![\\w.-])${group.replaceAll('.', '\\.')}(?![\\w.-])`);
  return new RegExp(names.join('|'));
}
