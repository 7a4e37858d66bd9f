import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { load } from 'js-yaml';
import { COMMANDS } from '../../tools/build/late.ts';
import type { Case, Command, Inputs } from './case.ts';
import { call, contentOf, foldersIn, lines, namesIn, root, textIn } from './case.ts';
import { sharedCases } from './shared.ts';

/** Every case, those that take longest first. */
export function allCases(): readonly Case[] {
  const beside = join(root, '../shared');
  return [
    ...(existsSync(beside) ? sharedCases(beside) : []),
    ...golden(),
    ...written.cases.map(caseOf),
    ...lintRules(),
    ...risks(),
    ...kinds(),
    ...world(),
    ...errors(),
    ...operate(),
    ...readers(),
    ...graphs(),
    ...inits(),
    help(),
  ];
}

const LINT = `apiVersion: rem-secrets.io/v1alpha1
kind: RemSecretsLint
metadata: { name: lint }
spec: {}
`;

/** What is asked of a spec and the tree beside it, of all environments and of one. */
function ofTree(environments: readonly string[]): Command[] {
  return [
    ...lines(`lint {lint}; lint .; lint --strict; graph {graph}; iam {iam}; params list {params}
          params inventory; runbook {runbook}`),
    ...['expand --check', 'validate', 'capacity', 'versions', 'environments'].flatMap(line =>
      lines(`${line} {finding}`),
    ),
    ...['', ...environments.map(name => ` ${name}`)].flatMap(name =>
      lines(`render${name} {render}`),
    ),
    ...environments
      .slice(0, 1)
      .flatMap(name =>
        ['lint', 'graph', 'iam', 'params list', 'runbook', 'capacity'].flatMap(line =>
          lines(`${line} ${line === 'lint' ? `overlays/${name}` : `-e ${name}`}`),
        ),
      ),
  ];
}

function golden(): Case[] {
  return foldersIn('test/golden').flatMap((folder, at) => {
    const name = `golden/${basename(folder)}`;
    const spec = { 'rem-secrets.yaml': { from: join(folder, 'rem-secrets.yaml') } };
    const expected = join(folder, 'expected');
    const overlays = namesIn(join(expected, 'overlays'));
    const imported =
      overlays.length === 0 ? ['tree/base'] : overlays.map(one => `${one}=tree/overlays/${one}`);
    return [
      {
        name,
        inputs: { ...contentOf(expected), ...spec },
        // Every second command: half of the trees are asked it, the other half the next.
        commands: ofTree(overlays).filter((_, index) => (index + at) % 2 === 0),
      },
      sequence(name, spec, 'expand', 'expand --check', 'expand -o json'),
      sequence(`${name} out`, spec, 'expand --out elsewhere -o json'),
      sequence(name, { tree: { from: expected } }, `import --name shop ${imported.join(' ')}`),
      {
        name,
        inputs: {},
        commands: [call(textIn(folder, 'rem-secrets.yaml')), call(LINT, ...manifestsIn(expected))],
      },
    ];
  });
}

function manifestsIn(tree: string): string[] {
  const base = join(tree, 'base');
  const names = namesIn(base).filter(name => name !== 'kustomization.yaml');
  return names.map(name => textIn(base, name));
}

/** Command lines that write, one after the other. */
function sequence(name: string, inputs: Inputs, ...texts: readonly string[]): Case {
  return { name, inputs, commands: lines(...texts), isSequence: true };
}

/** A case of cases.yaml. */
interface Listed {
  readonly name: string;
  readonly in?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly texts?: Readonly<Record<string, string>>;
  readonly committed?: string;
  readonly tree?: readonly string[];
  readonly commands?: string;
  readonly sequence?: string;
  /** A functionConfig, and the file with the items. */
  readonly call?: readonly [config: string, file: string];
}

const written = load(textIn(root, 'test/same/cases.yaml')) as {
  readonly cases: readonly Listed[];
  readonly inits: readonly string[];
  readonly help: readonly string[];
};

function caseOf({ name, files = {}, texts = {}, ...one }: Listed): Case {
  const asked = one.commands ?? one.sequence;
  const from = Object.entries(files).map(([place, path]) => [place, { from: join(root, path) }]);
  const [config, items = ''] = one.call ?? [];
  return {
    name,
    inputs: {
      ...(one.in !== undefined && contentOf(join(root, one.in))),
      ...Object.fromEntries(from),
      ...Object.fromEntries(Object.entries(texts).map(([place, text]) => [place, { text }])),
    },
    ...(one.committed !== undefined && { committed: contentOf(join(root, one.committed)) }),
    commands: [
      ...(one.tree === undefined ? [] : ofTree(one.tree)),
      ...(asked === undefined ? [] : lines(asked.trim())),
      ...(config === undefined ? [] : [call(config, textIn(root, items))]),
    ],
    isSequence: one.sequence !== undefined,
  };
}

function lintRules(): Case[] {
  const inOneFile = foldersIn('test/lint/rules').filter(folder =>
    existsSync(join(folder, 'bad.yaml')),
  );
  return inOneFile.map(folder => {
    const beside = contentOf(join(folder, 'beside'));
    const lint = Object.keys(beside).length > 0 ? 'lint --root .' : 'lint';
    return {
      name: `lint/rules/${basename(folder)}`,
      inputs: { ...contentOf(folder), ...beside },
      commands: [
        ...lines(`${lint} bad.yaml {lint}; ${lint} ok.yaml; ${lint} bad.yaml --strict --fail-on warning
          iam bad.yaml; graph bad.yaml -o json; validate bad.yaml; params list bad.yaml -o json
          capacity bad.yaml -o json; lint --explain ${basename(folder)}`),
        call(LINT, textIn(folder, 'bad.yaml')),
      ],
    };
  });
}

function risks(): Case[] {
  return foldersIn('test/review/risks').map(folder => {
    const end = existsSync(join(folder, 'base.yaml')) ? '.yaml' : '';
    const diff = (head: string): string => `diff --base base${end} --head ${head}${end}`;
    return {
      name: `review/risks/${basename(folder)}`,
      inputs: contentOf(folder),
      commands: lines(
        diff('risky'),
        `${diff('risky')} --reports out`,
        `${diff('quiet')} -o json`,
        `diff --explain ${basename(folder)}`,
      ),
    };
  });
}

function kinds(): Case[] {
  const folders = foldersIn('test/kinds').flatMap(group =>
    namesIn(group).map(name => join(group, name)),
  );
  return folders.map(folder => ({
    name: `kinds/${folder.split('/').slice(-2).join('/')}`,
    inputs: contentOf(folder),
    commands: [
      ...namesIn(folder)
        .filter(name => name.endsWith('.yaml'))
        .flatMap(name => lines(`lint ${name}`)),
      ...lines(`diff --base made.yaml --head removed.yaml {finding}; lint made.yaml -o json
          graph made.yaml -o json; validate made.yaml`),
    ],
  }));
}

function world(): Case[] {
  const folders = [...foldersIn('test/world'), ...foldersIn('test/helm/cases')];
  return folders.map(folder => {
    const file = join(folder, 'args.txt');
    const told = existsSync(file) ? textIn(file).trim().split('\n') : ['lint .'];
    const json = told.filter(line => line.startsWith('lint')).map(line => `${line} -o json`);
    return {
      name: `${basename(join(folder, '..'))}/${basename(folder)}`,
      inputs: contentOf(join(folder, 'tree')),
      commands: lines(...told, ...json, 'graph .', 'graph . -o json', 'lint . --strict'),
    };
  });
}

function errors(): Case[] {
  return foldersIn('test/errors').map(folder => {
    const file = join(folder, 'args.txt');
    const told = existsSync(file) ? textIn(file).trim() : 'expand';
    return {
      name: `errors/${basename(folder)}`,
      inputs: contentOf(folder),
      commands: [
        ...lines(told, `${told} -o json`, 'lint -o sarif', 'validate'),
        call(textIn(folder, 'rem-secrets.yaml')),
      ],
    };
  });
}

function operate(): Case[] {
  const iam = foldersIn('test/operate/iam').map(folder => {
    const own = /^# flags: (.*)/.exec(textIn(folder, 'in.yaml'))?.[1];
    const line = `iam in.yaml${own === undefined ? '' : ` ${own}`}`;
    const filled = '--account 123456789012 --cluster shop --oidc-provider oidc.example/id/A';
    return {
      name: `operate/iam/${basename(folder)}`,
      inputs: contentOf(folder),
      commands: [line, `${line} ${filled}`, `${line} --trust IRSA --prefix same`].flatMap(one =>
        lines(`${one} {iam}`),
      ),
    };
  });
  const others = ['capacity/cases', 'runbook/cases'].flatMap(path =>
    foldersIn(`test/operate/${path}`),
  );
  return [
    ...iam,
    ...[...others, join(root, 'test/operate/params/list')].map(folder => ({
      name: `operate/${folder.split('/').slice(-3).join('/')}`,
      inputs: contentOf(folder),
      commands: lines(`capacity in.yaml {finding}
          capacity in.yaml --concurrent 5 --latency 90 --found 50 --throughput higher
          runbook in.yaml {runbook}; params list in.yaml {params}; params inventory in.yaml
          versions in.yaml; lint in.yaml`),
    })),
    ...dumps(),
  ];
}

/** A cluster in which all is well, and ones of which a file is missing or says the opposite. */
function dumps(): Case[] {
  const folder = join(root, 'test/operate/doctor');
  const dump = contentOf(join(folder, 'healthy'), 'dump');
  const manifests = { 'in.yaml': { from: join(folder, 'in.yaml') } };
  const commands = lines('doctor in.yaml --from dump {finding}');
  const changed = Object.keys(dump).flatMap(path => {
    const text = textIn(folder, 'healthy', basename(path));
    const failed = text
      .replaceAll(/"status": ?"True"/g, '"status": "False"')
      .replaceAll(/"phase": ?"Running"/g, '"phase": "Pending"')
      .replaceAll('f:password', 'f:passphrase');
    return [
      { name: `without ${basename(path)}`, inputs: { [path]: { text: '{"items": []}' } } },
      { name: `failed ${basename(path)}`, inputs: { [path]: { text: failed } } },
    ];
  });
  return [{ name: 'well', inputs: {} }, ...changed].map(({ name, inputs }) => ({
    name: `operate/doctor/${name}`,
    inputs: { ...manifests, ...dump, ...inputs },
    commands,
  }));
}

/** Manifests that a test reads, each a file. */
function readers(): Case[] {
  const folder = join(root, 'test/readers');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return files
    .filter(file => file.endsWith('.yaml'))
    .map(file => ({
      name: `readers/${file}`,
      inputs: { 'in.yaml': { from: join(folder, file) } },
      commands: lines('lint in.yaml {lint}; graph in.yaml {table json mermaid}'),
    }));
}

function graphs(): Case[] {
  return foldersIn('test/graph').map(folder => ({
    name: `graph/${basename(folder)}`,
    inputs: contentOf(folder),
    commands: lines('graph manifests.yaml {graph}; lint manifests.yaml {lint}'),
  }));
}

function inits(): Case[] {
  return written.inits.map(flags =>
    sequence(
      `init ${flags}`.trim(),
      {},
      `init --yes --name shop ${flags}`.trim(),
      ...['expand', 'expand --check', 'lint', 'iam', 'runbook'],
    ),
  );
}

function help(): Case {
  const all = [
    ...COMMANDS,
    ...['list', 'inventory', 'check', 'put', 'copy'].map(one => `params ${one}`),
  ];
  return {
    name: 'help',
    inputs: {},
    commands: [
      ...lines('', ...written.help),
      ...all.flatMap(name => lines(`${name} --help; help ${name}`)),
      ...COMMANDS.flatMap(name => lines(name)),
      ...['bash', 'zsh', 'fish', 'tcsh'].flatMap(name => lines(`completion ${name} {finding}`)),
      ...lines('versions {finding}'),
      { args: [], input: 'kind: ConfigMap\n', isFunction: true },
      { args: [], input: '', isFunction: true },
    ],
  };
}
