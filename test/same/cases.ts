import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
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
    ...ownTree(),
    ...lintRules(),
    ...risks(),
    ...kinds(),
    ...world(),
    ...errors(),
    ...operate(),
    ...small(),
    ...inits(),
    ...helps(),
  ];
}

const LINT = `apiVersion: rem-secrets.io/v1alpha1
kind: RemSecretsLint
metadata: { name: lint }
spec: {}
`;

const INJECTION = `apiVersion: rem-secrets.io/v1alpha1
kind: RemSecretsInjection
metadata: { name: same }
spec:
  workloads:
    all:
      target: { kind: Deployment }
      env: { SAME_TOKEN: { secret: same, key: token } }
      envFrom: [same-all]
      mounts: { /etc/same: { secret: same } }
      reload: true
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
      written(name, spec, 'expand', 'expand --check', 'expand -o json'),
      written(`${name} out`, spec, 'expand --out elsewhere -o json'),
      written(name, { tree: { from: expected } }, `import --name shop ${imported.join(' ')}`),
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
function written(name: string, inputs: Inputs, ...texts: readonly string[]): Case {
  return { name, inputs, commands: lines(...texts), isSequence: true };
}

/** This repository's own spec with its tree, and the examples. */
function ownTree(): Case[] {
  const names = [
    'base',
    'overlays',
    'argocd',
    'iam',
    'runbook',
    'components',
    'kustomization.yaml',
  ];
  const all = [...names, 'rem-secrets.yaml', '.rem-secrets-lint.yaml', 'test/operate/status/dump'];
  const inputs = Object.fromEntries(all.map(name => [name, { from: join(root, name) }]));
  const dump = '--from test/operate/status/dump -e dev';
  const shop = contentOf(join(root, 'examples/shop'));
  const plain = contentOf(join(root, 'examples/plain'));
  const diff = 'diff --base before --head after';
  return [
    {
      name: 'own',
      inputs,
      commands: [
        ...ofTree(['dev', 'prod', 'shared', 'staging']),
        ...['status', 'doctor'].flatMap(line => lines(`${line} ${dump} {finding}`)),
        ...lines('diff; lint . --enable-exec; lint . --helm; doctor --from nowhere -e dev'),
      ],
    },
    written('own', inputs, 'expand', 'expand -e prod -o json'),
    { name: 'examples/shop', inputs: shop, commands: ofTree(['dev', 'prod']) },
    written(
      'examples/shop',
      { 'rem-secrets.yaml': { from: join(root, 'examples/shop/rem-secrets.yaml') } },
      'expand',
    ),
    {
      name: 'examples/plain',
      inputs: plain,
      commands:
        lines(`${diff} {diff}; ${diff} --reports out; import before; import --name shop after -o json
          lint . {lint}; graph . {graph}`),
    },
    {
      name: 'plugin',
      inputs: { plugin: { from: join(root, 'test/plugin') } },
      commands: lines('lint plugin; lint plugin/overlays/prod; validate plugin/overlays/dev'),
    },
  ];
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

/** Cases that are one folder, or a few files. */
function small(): Case[] {
  const readers = join(root, 'test/readers');
  const files = readdirSync(readers, { recursive: true, encoding: 'utf8' }).sort();
  const markdown = { 'README.md': { from: join(root, 'test/adopt/markdown/README.md') } };
  const shop = contentOf(join(root, 'test/adopt/shop'));
  const five = 'diff --base base.yaml --head head.yaml';
  return [
    ...files
      .filter(file => file.endsWith('.yaml'))
      .map(file => ({
        name: `readers/${file}`,
        inputs: { 'in.yaml': { from: join(readers, file) } },
        commands: lines('lint in.yaml {lint}; graph in.yaml {table json mermaid}'),
      })),
    ...foldersIn('test/graph').map(folder => ({
      name: `graph/${basename(folder)}`,
      inputs: contentOf(folder),
      commands: lines('graph manifests.yaml {graph}; lint manifests.yaml {lint}'),
    })),
    {
      name: 'inject',
      inputs: {
        'in.yaml': { from: join(root, 'test/operate/doctor/in.yaml') },
        'rem-secrets-injection.yaml': { text: INJECTION },
        'other.yaml': { text: INJECTION.replace('Deployment', 'Absent') },
      },
      commands: [
        ...lines(`inject in.yaml {yaml json flux}; inject in.yaml --check
          inject in.yaml --config other.yaml`),
        call(INJECTION, textIn(root, 'test/operate/doctor/in.yaml')),
      ],
    },
    written('adopt/markdown', markdown, 'import --name shop README.md', 'expand -o json'),
    written('adopt/markdown json', markdown, 'import --name shop README.md -o json'),
    written('adopt/shop', shop, 'import --name shop dev=overlays/dev prod=overlays/prod', 'expand'),
    { name: 'adopt/shop', inputs: shop, commands: lines('lint .; validate .; graph .') },
    {
      name: 'review/five-documents',
      inputs: contentOf(join(root, 'test/review/five-documents')),
      commands: lines(`${five} --reports out; ${five} {diff}`),
    },
    {
      name: 'review/review',
      inputs: contentOf(join(root, 'test/review/review/head')),
      committed: contentOf(join(root, 'test/review/review/base')),
      commands: lines('diff --reports out; diff --base rev:nothing; diff {diff}'),
    },
  ];
}

function inits(): Case[] {
  const git = 'https://git.example.com/platform/shop.git';
  const all = [
    '',
    '--store parameter-store --region eu-central-1 --database --deployer flux',
    `--store secrets-manager --region eu-central-1 --deployer argocd --repository ${git}`,
    '--store kubernetes --database --ci github --uses platform/rem-secrets@v1',
    '--store none --no-database --ci gitlab --uses git.example.com/platform/rem-secrets/rem-secrets@1.0.0 --plugin',
    `--environments a,b,c --image shop:2 --deployer argocd --repository ${git} --plugin -o json`,
    '--environments Dev --store parameter-store',
    '--deployer argocd',
  ];
  const sequence = ['expand', 'expand --check', 'lint', 'iam', 'runbook'];
  return all.map(flags =>
    written(`init ${flags}`.trim(), {}, `init --yes --name shop ${flags}`.trim(), ...sequence),
  );
}

/** What is said of the commands, and of those that there are not. */
function helps(): Case[] {
  const all = [
    ...COMMANDS,
    ...['list', 'inventory', 'check', 'put', 'copy'].map(one => `params ${one}`),
  ];
  const wrong = [
    'lnt',
    'lint --strickt',
    'lint -o yaml',
    'graph -o sarif',
    'params lst',
    'render a b',
  ];
  return [
    {
      name: 'help',
      inputs: {},
      commands: [
        ...lines(
          '',
          '--help',
          'help',
          '-V',
          ...wrong,
          'lint --explain no-rule',
          'diff --explain no-rule',
        ),
        ...all.flatMap(name => lines(`${name} --help; help ${name}`)),
        ...COMMANDS.flatMap(name => lines(name)),
        ...['bash', 'zsh', 'fish', 'tcsh'].flatMap(name => lines(`completion ${name} {finding}`)),
        ...lines('versions {finding}'),
        { args: [], input: 'kind: ConfigMap\n', isFunction: true },
        { args: [], input: '', isFunction: true },
      ],
    },
  ];
}
