import { andThen } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { KRM, kustomizationFile } from '../kinds/krm.ts';
import { findingFormats } from '../report/finding.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { foreignFolders, printFindings } from '../shell/print.ts';
import { USUAL_SPEC } from '../shell/read-spec.ts';
import { writeNewFiles } from '../shell/write-tree.ts';
import { parseSpec } from '../spec/parse.ts';
import { expand } from '../spec/pipeline.ts';
import { locate } from '../yaml/places.ts';
import { type Answers, answersOf, DEPLOYERS, type InitFlags, SERVERS, STORES } from './init.ts';

export const initCommand: CommandLine<InitFlags> = {
  name: 'init',
  description: 'write a first spec here, and what kustomize, CI, Argo CD or Flux need beside it',
  examples: [
    ['init', 'asks a few questions'],
    ['init --yes --store secrets-manager --region eu-central-1', 'asks none'],
    [
      'init --deployer argocd --repository https://git.example.com/platform/shop.git',
      'for Argo CD',
    ],
    [
      'init --ci github --package git+https://git.example.com/platform/rem-secrets.git#0123abc',
      'with a workflow that checks every change',
    ],
  ],
  define: (command, run) => {
    const choice = (flags: string, text: string, known: readonly string[]): typeof command =>
      command.addOption(command.createOption(flags, text).choices(known));
    command
      .option('--name <name>', 'of the application; default: of this folder')
      .option('-n, --namespace <namespace>', 'default: the name')
      .option('--environments <names>', 'with commas; default: dev,prod');
    choice('--store <kind>', 'where the values of Secrets are', STORES);
    command
      .option('--region <region>', 'of AWS')
      .option('--database', 'with a PostgreSQL of CloudNativePG')
      .option('--no-database', 'without one')
      .option('--image <image>', 'that runs');
    choice('--deployer <name>', 'what applies it', DEPLOYERS);
    command.option('--repository <url>', 'that Argo CD or Flux clones');
    choice('--ci <server>', 'that checks every change', SERVERS);
    command
      .option('--package <package>', 'what npm installs in CI')
      .option('--plugin', 'a kustomization that runs the function, with a guard')
      .option('-y, --yes', 'ask nothing: take what is usual')
      .action(run);
  },
};

export const init: Action<InitFlags> = { run: writeFirst, formats: findingFormats };

/** Writes a first spec, after it was held against all that `expand` looks at. */
function writeFirst(options: InitFlags & CommonOptions, host: Host): number {
  const answers = answersOf(options, host);
  const text = firstSpec(answers);
  const { faults } = andThen(parseSpec(text), spec => expand(spec, host.validators));
  if (faults.length > 0)
    return printFindings(locate(faults, { file: USUAL_SPEC, text }), options, host);
  const files = new Map([[USUAL_SPEC, text], ...filesBeside(answers, host)]);
  const advice = adviceFor(answers, host);
  writeNewFiles(files, host);
  host.stdout([...files.keys()].map(file => `${file}\n`).join(''));
  host.stderr(advice + NEXT);
  return exitCodes.ok;
}

const NEXT =
  'Now change rem-secrets.yaml, and run `rem-secrets expand`, `rem-secrets validate` and `rem-secrets lint`\n';

/** A file that `init` writes, by its path from the spec's folder. */
type NewFile = readonly [path: string, text: string];

/** What is written beside the spec: for kustomize, for CI. */
function filesBeside(answers: Answers, host: Host): NewFile[] {
  return [...pluginFiles(answers), ...ciFiles(answers, host)];
}

function pluginFiles({ hasPlugin }: Answers): NewFile[] {
  if (!hasPlugin) return [];
  return [
    ['kustomization.yaml', KUSTOMIZATION],
    ['guard/kustomization.yaml', GUARD],
  ];
}

const KUSTOMIZATION = `# The objects of spec.environment, made by the function while kustomize builds:
#   kustomize build --enable-alpha-plugins --enable-exec .
apiVersion: ${kustomizationFile.group}/v1beta1
kind: Kustomization
generators: [rem-secrets.yaml]
components: [guard]
`;

const GUARD = `# kustomize without --enable-exec runs no function and says nothing. This replaces a name by itself,
# and fails where the function has made no Namespace.
apiVersion: ${kustomizationFile.group}/v1alpha1
kind: Component
replacements:
  - source: { kind: Namespace, fieldPath: metadata.name }
    targets:
      - select: { kind: Namespace }
        fieldPaths: [metadata.name]
`;

/** The files for CI. A repository that has a .gitlab-ci.yml keeps it, and has to include our file. */
function ciFiles(answers: Answers, host: Host): NewFile[] {
  switch (answers.ci) {
    case 'none':
      return [];
    case 'github':
      return [['.github/workflows/rem-secrets.yaml', githubWorkflow(answers.package)]];
    case 'gitlab': {
      const job: NewFile = [GITLAB_JOB, gitlabJob(answers.package)];
      return host.kindOf(GITLAB) === undefined ? [[GITLAB, INCLUDE], job] : [job];
    }
  }
}

const GITLAB = '.gitlab-ci.yml';
const GITLAB_JOB = '.gitlab/rem-secrets.yaml';
const INCLUDE = `include:\n  - local: ${GITLAB_JOB}\n`;

/** What a person has to do about files and folders that exist already. */
function adviceFor({ ci }: Answers, host: Host): string {
  const include =
    ci === 'gitlab' && host.kindOf(GITLAB) !== undefined ? `Add to ${GITLAB}:\n${INCLUDE}` : '';
  const [folder] = foreignFolders(host);
  const out =
    folder === undefined
      ? ''
      : `${folder}/ here is yours, and stays: move the spec to a folder of its own, or write below one with \`rem-secrets expand --out FOLDER\`\n`;
  return include + out;
}

/** The version of kustomize that the program is tested with: tools/go.mod. */
const KUSTOMIZE = 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.1';

/** What both servers run. */
const CHECKS: readonly (readonly [line: string, why: string])[] = [
  ['rem-secrets expand --check', 'base/ and overlays/ are those of the spec'],
  ['rem-secrets validate', 'every object fits the schema of its kind'],
];

/** A workflow that checks every change, with the right to read alone. Actions are named by commit, as tags may move. */
function githubWorkflow(packageName: string): string {
  return `# Checks the spec and what is made of it, and says what a pull request would really do.
name: rem-secrets
on:
  push: { branches: [main] }
  pull_request:
permissions: { contents: read }
jobs:
  check:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with: { fetch-depth: 0, persist-credentials: false }
      - uses: actions/setup-node@a0853c24544627f65ddf259abe73b1d18a591444 # v5.0.0
        with: { node-version: 20, package-manager-cache: false }
      - uses: actions/setup-go@44694675825211faa026b3c33043df3e48a5fa00 # v6.0.0
        with: { go-version: stable, cache: false }
      - run: npm install --global '${packageName}'
      - run: go install ${KUSTOMIZE}
${CHECKS.map(([line, why]) => `      - run: ${line} # ${why}\n`).join('')}      - run: rem-secrets lint -o github # no reference leads nowhere
      - if: github.event_name == 'pull_request'
        run: rem-secrets diff --base "rev:$(git merge-base "refs/remotes/origin/$GITHUB_BASE_REF" HEAD)" --head rev:HEAD -o markdown >>"$GITHUB_STEP_SUMMARY"
`;
}

/** The same as a job of GitLab. */
function gitlabJob(packageName: string): string {
  return `# Checks the spec and what is made of it, and says what a merge request would really do.
rem-secrets:
  image: golang:1.26-trixie # by its digest, as your registry has it, nobody can put another in its place
  variables: { GIT_DEPTH: '0' }
  before_script:
    - apt-get update -qq && apt-get install -qq --yes --no-install-recommends nodejs npm
    - npm install --global '${packageName}'
    - go install ${KUSTOMIZE}
  script:
${CHECKS.map(([line, why]) => `    - ${line} # ${why}\n`).join('')}    - rem-secrets lint # no reference leads nowhere
    - |
      if [ -n "\${CI_MERGE_REQUEST_DIFF_BASE_SHA-}" ]; then
        rem-secrets diff --base "rev:$CI_MERGE_REQUEST_DIFF_BASE_SHA" --head "rev:$CI_COMMIT_SHA"
      fi
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
`;
}

/** A first spec, with comments for people who have never seen one; so it is written as text. */
function firstSpec(answers: Answers): string {
  const parts = [
    HEAD,
    ...head(answers),
    ...stores(answers),
    ...databases(answers),
    ...secrets(answers),
    ...workloads(answers),
    ...argocd(answers),
    ...flux(answers),
    ...environments(answers),
  ];
  return `${parts.join('\n')}\n`;
}

const HEAD = `# Which databases, stores, secrets and workloads there are, and how environments differ.
# \`rem-secrets expand\` writes base/ and overlays/ from it. What it does not name, \`patch\` says in the
# object's own terms. Values of Secrets have no place here.`;

function head({ name, namespace, environments, hasPlugin }: Answers): string[] {
  const metadata = hasPlugin
    ? [
        'metadata:',
        `  name: ${name}`,
        '  annotations: # for kustomize, which looks for the function on the PATH',
        `    ${KRM}/function: |`,
        '      exec: { path: rem-secrets-fn }',
      ]
    : [`metadata: { name: ${name} }`];
  return [
    'apiVersion: rem-secrets.io/v1alpha1',
    'kind: RemSecrets',
    ...metadata,
    'spec:',
    ...(hasPlugin ? [`  environment: ${environments[0]} # what the function makes`] : []),
    `  namespace: ${namespace} # an environment may have another`,
  ];
}

function stores({ store, name, region }: Answers): string[] {
  switch (store) {
    case 'none':
      return [];
    case 'kubernetes':
      return [
        '',
        '  stores:',
        '    local: # Secrets of this namespace, to make others of them; what is read is allowed, and no more',
        '      kubernetes: {}',
      ];
    default:
      return [
        '',
        '  stores:',
        '    aws: # External Secrets gets in by EKS Pod Identity; for IRSA add serviceAccount',
        `      aws: { service: ${SERVICES[store]}, region: ${region}, prefix: ${PREFIXES[store]}${name} }`,
      ];
  }
}

const SERVICES = { 'parameter-store': 'ParameterStore', 'secrets-manager': 'SecretsManager' };
const PREFIXES = { 'parameter-store': '/', 'secrets-manager': '' };

function databases({ hasDatabase, name }: Answers): string[] {
  if (!hasDatabase) return [];
  return [
    '',
    `  databases: # a CNPG Cluster; its Secrets, such as ${name}-db-app, are known and need no entry`,
    `    ${name}-db: { database: ${inSql(name)}, owner: ${inSql(name)}, storage: 10Gi }`,
  ];
}

function inSql(name: string): string {
  return name.replaceAll('-', '_');
}

function secrets({ store, name, hasDatabase }: Answers): string[] {
  const byHand = '{ manual: [example-key] } # made by hand: names of keys, never values';
  if (store === 'none') return ['', '  secrets:', `    api-keys: ${byHand}`];
  if (store !== 'kubernetes')
    return [
      '',
      '  secrets:',
      '    api-keys: # an ExternalSecret: a key of the Secret, and the entry of the store that it is read from',
      '      store: aws',
      `      keys: { example-key: example-key } # the entry ${PREFIXES[store]}${name}/example-key`,
    ];
  if (hasDatabase)
    return [
      '',
      '  secrets:',
      `    api-keys: ${byHand}`,
      '    database-url: # of fields of a Secret, escaped as a URL needs it',
      '      store: local',
      `      from: ${name}-db-app`,
      `      template: { DATABASE_URL: { postgresUrl: { database: ${inSql(name)} } } }`,
    ];
  return [
    '',
    '  secrets:',
    `    given: ${byHand}`,
    '    api-keys: { store: local, keys: { example-key: { key: given, property: example-key } } }',
  ];
}

function workloads({ name, image, hasDatabase, store }: Answers): string[] {
  const database = `${name}-db`;
  return [
    '',
    '  workloads:',
    `    ${name}:`,
    `      image: ${image}`,
    '      port: 8080',
    ...(hasDatabase && store === 'kubernetes' ? ['      envFrom: [database-url]'] : []),
    '      env: # in any order: what reads another variable as $(NAME) comes after it',
    ...(hasDatabase
      ? [
          `        DB_HOST: { database: ${database}, field: host }`,
          `        DB_USER: { secret: ${database}-app, key: username }`,
          `        DB_PASSWORD: { secret: ${database}-app, key: password }`,
        ]
      : []),
    '        EXAMPLE_KEY: { secret: api-keys, key: example-key }',
    '      patch: # has Stakater Reloader restart it when a Secret that it reads changes',
    "        Deployment: { metadata: { annotations: { reloader.stakater.com/auto: 'true' } } }",
  ];
}

function argocd({ deployer, repository, folder, environments, name }: Answers): string[] {
  if (deployer !== 'argocd') return [];
  return [
    '',
    '  argocd: # `expand` writes argocd/ too, which Argo CD applies: docs/argocd.md of rem-secrets',
    `    repository: ${repository}`,
    ...(folder === '' ? [] : [`    path: ${JSON.stringify(folder)}`]),
    "    clusters: # Argo CD's name of each, or the URL of its API server",
    ...environments.map(environment => `      ${environment}: ${name}-${environment}`),
  ];
}

function flux({ deployer, folder, repository }: Answers): string[] {
  if (deployer !== 'flux') return [];
  const where =
    repository === '' ? 'in the repository that `flux bootstrap` was run on' : 'in that repository';
  return [
    '',
    '  flux: # `expand` writes flux/ too, a folder for the Flux of each cluster: docs/flux.md of rem-secrets',
    ...(repository === '' ? [] : [`    repository: ${repository}`]),
    `    path: ${JSON.stringify(folder === '' ? '.' : folder)} # of this spec, ${where}`,
  ];
}

/** The first environments change nothing; the last of several is for production. */
function environments({ environments: names, name, hasDatabase }: Answers): string[] {
  const last = names.length > 1 ? names.at(-1) : undefined;
  return [
    '',
    '  environments: # each is a part of a spec, laid over what is above; null takes away',
    ...names.flatMap(one =>
      one === last
        ? [
            `    ${one}:`,
            ...(hasDatabase ? [`      databases: { ${name}-db: { instances: 3 } }`] : []),
            `      workloads: { ${name}: { replicas: 2 } }`,
          ]
        : [`    ${one}: {}`],
    ),
  ];
}
