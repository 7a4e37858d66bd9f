import { textOf } from '#validators/first-files';
import { andThen } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { findingFormats } from '../report/finding.ts';
import { jsonText } from '../report/text.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { wrongUsage } from '../shell/flags.ts';
import { foreignFolders, printFindings } from '../shell/print.ts';
import { USUAL_SPEC } from '../shell/read-spec.ts';
import { writeNewFiles } from '../shell/write-tree.ts';
import { parseSpec } from '../spec/parse.ts';
import { expand } from '../spec/pipeline.ts';
import { editorLine } from '../world/schemas.ts';
import { locate } from '../yaml/places.ts';
import {
  type Answers,
  answersOf,
  DEPLOYERS,
  type InitFlags,
  SERVERS,
  type Server,
  STORES,
  serverOf,
} from './init.ts';

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
      'init --ci github --uses OWNER/rem-secrets@v1',
      'with a workflow that lints and reviews every change',
    ],
    ['init --no-spec --ci gitlab --uses HOST/GROUP/rem-secrets/rem-secrets@v1', 'that alone'],
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
      .option('--uses <action>', 'of rem-secrets, which CI uses; for GitLab the component')
      .option('--no-spec', 'what CI needs alone, for manifests that are there')
      .option('--plugin', 'a kustomization that runs the function, with a guard')
      .option('-y, --yes', 'ask nothing: take what is usual')
      .action(run);
  },
};

export const init: Action<InitFlags> = { run: writeFirst, formats: findingFormats };

/** Writes a first spec, after it was held against all that `expand` looks at. */
function writeFirst(options: InitFlags & CommonOptions, host: Host): number {
  if (options.spec === false) return writeForCi(options, host);
  const answers = answersOf(options, host);
  const line = editorLine('.', host);
  const text = line + textOf('rem-secrets.yaml', answers);
  const { faults } = andThen(parseSpec(text), spec => expand(spec, host.validators));
  if (faults.length > 0)
    return printFindings(locate(faults, { file: USUAL_SPEC, text }), options, host);
  const beside = [...pluginFiles(answers), ...ciFiles(answers, host)];
  const files = new Map([[USUAL_SPEC, text], ...beside]);
  const advice = adviceFor(answers, host);
  writeNewFiles(files, host);
  printWritten([...files.keys()], options, host);
  host.stderr(advice + (line === '' ? EDITORS : '') + NEXT);
  return exitCodes.ok;
}

const EDITORS =
  'For editors: rem-secrets schema >rem-secrets.schema.json, and in rem-secrets.yaml a first line: # yaml-language-server: $schema=rem-secrets.schema.json\n';

/** Writes what a server runs, and no spec. */
function writeForCi(options: InitFlags & CommonOptions, host: Host): number {
  const server = serverOf(options, host);
  if (server.ci === 'none') wrongUsage('--no-spec needs --ci: github or gitlab');
  const files = new Map(ciFiles(server, host));
  const advice = includeFor(server, host);
  writeNewFiles(files, host);
  printWritten([...files.keys()], options, host);
  host.stderr(advice);
  return exitCodes.ok;
}

function printWritten(files: readonly string[], { format }: CommonOptions, host: Host): void {
  host.stdout(format === 'json' ? jsonText({ files }) : files.map(file => `${file}\n`).join(''));
}

const NEXT =
  'Now change rem-secrets.yaml, and run `rem-secrets expand`, `rem-secrets validate` and `rem-secrets lint`\n';

/** A file that `init` writes, by its path from the spec's folder. */
type NewFile = readonly [path: string, text: string];

function pluginFiles({ hasPlugin }: Answers): NewFile[] {
  if (!hasPlugin) return [];
  return [
    ['kustomization.yaml', textOf('kustomization.yaml', {})],
    ['guard/kustomization.yaml', textOf('guard.yaml', {})],
  ];
}

/** The files for CI. A repository that has a .gitlab-ci.yml keeps it, and has to include our file. */
function ciFiles(answers: Server, host: Host): NewFile[] {
  switch (answers.ci) {
    case 'none':
      return [];
    case 'github':
      return [['.github/workflows/rem-secrets.yaml', textOf('github.yaml', answers)]];
    case 'gitlab': {
      const job: NewFile = [GITLAB_JOB, textOf('gitlab.yaml', answers)];
      return host.kindOf(GITLAB) === undefined ? [[GITLAB, INCLUDE], job] : [job];
    }
  }
}

const GITLAB = '.gitlab-ci.yml';
const GITLAB_JOB = '.gitlab/rem-secrets.yaml';
const INCLUDE = `include:\n  - local: ${GITLAB_JOB}\n`;

/** What a person has to do about files and folders that exist already. */
function adviceFor(answers: Answers, host: Host): string {
  const [folder] = foreignFolders(host);
  const out =
    folder === undefined
      ? ''
      : `${folder}/ here is yours, and stays: move the spec to a folder of its own, or write below one with \`rem-secrets expand --out FOLDER\`\n`;
  return includeFor(answers, host) + out;
}

function includeFor({ ci }: Server, host: Host): string {
  return ci === 'gitlab' && host.kindOf(GITLAB) !== undefined
    ? `Add to ${GITLAB}:\n${INCLUDE}`
    : '';
}
