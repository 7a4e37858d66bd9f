import { relative } from 'node:path';
import { textOf } from '#validators/first-files';
import { andThen } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { USUAL_SPEC } from '../environments/read-spec.ts';
import { findingFormats } from '../report/finding.ts';
import { jsonText } from '../report/text.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { expectForm, type FlagForm, wrongUsage } from '../shell/flags.ts';
import { folderName, foreignFolders, printFindings } from '../shell/print.ts';
import { writeNewFiles } from '../shell/write-tree.ts';
import { parseSpec } from '../spec/parse.ts';
import { expand } from '../spec/pipeline.ts';
import { rootOf } from '../world/inside.ts';
import { editorLine } from '../world/schemas.ts';
import { locate } from '../yaml/places.ts';

export const initCommand: CommandLine<InitFlags> = {
  name: 'init',
  description: 'write a first spec here, and the files that kustomize, CI, Argo CD or Flux need',
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
    const option = (flags: string, text: string) => command.createOption(flags, text);
    command
      .option('--name <name>', 'the name of the application; default: that of this folder')
      .option('-n, --namespace <namespace>', 'the namespace; default: the name')
      .option('--environments <names>', 'names with commas between; default: dev,prod')
      .addOption(option('--store <kind>', 'where the values of Secrets are').choices(STORES))
      .option('--region <region>', 'the AWS region')
      .option('--database', 'add a PostgreSQL of CloudNativePG')
      .option('--no-database', 'add no database')
      .option('--image <image>', 'the image to run')
      .addOption(option('--deployer <name>', 'what applies it').choices(DEPLOYERS))
      .option('--repository <url>', 'the repository that Argo CD or Flux clones')
      .addOption(option('--ci <server>', 'the CI server that checks every change').choices(SERVERS))
      .option('--uses <action>', 'the action of rem-secrets for CI; for GitLab the component')
      .option('--no-spec', 'write only what CI needs, for existing manifests')
      .option('--plugin', 'write a kustomization that runs the function, with a guard')
      .option('-y, --yes', 'ask nothing: take the defaults')
      .action(run);
  },
};

export const init: Action<InitFlags> = { run: writeFirst, formats: findingFormats };

function writeFirst(options: InitFlags & CommonOptions, host: Host): number {
  if (options.spec === false) {
    const server = serverOf(options, host);
    if (server.ci === 'none') wrongUsage('--no-spec needs --ci: github or gitlab');
    return write(ciFiles(server, host), includeFor(server, host), options, host);
  }
  const answers = answersOf(options, host);
  const line = editorLine('.', host);
  const text = line + textOf('rem-secrets.yaml', answers);
  const { faults } = andThen(parseSpec(text), spec => expand(spec, host.validators));
  if (faults.length > 0)
    return printFindings(locate(faults, { file: USUAL_SPEC, text }), options, host);
  const files: NewFile[] = [[USUAL_SPEC, text]];
  if (answers.hasPlugin) {
    files.push(['kustomization.yaml', textOf('kustomization.yaml', {})]);
    files.push(['guard/kustomization.yaml', textOf('guard.yaml', {})]);
  }
  const [folder] = foreignFolders(host);
  const ofFolder =
    folder === undefined
      ? ''
      : `${folder}/ here is yours, and stays: move the spec to a folder of its own, or write below one with \`rem-secrets expand --out FOLDER\`\n`;
  const advice = includeFor(answers, host) + ofFolder + (line === '' ? EDITORS : '') + NEXT;
  return write([...files, ...ciFiles(answers, host)], advice, options, host);
}

const EDITORS =
  'For editors: rem-secrets schema >rem-secrets.schema.json, and in rem-secrets.yaml a first line: # yaml-language-server: $schema=rem-secrets.schema.json\n';

function write(all: readonly NewFile[], advice: string, { format }: CommonOptions, host: Host) {
  writeNewFiles(new Map(all), host);
  const files = all.map(([path]) => path);
  host.stdout(format === 'json' ? jsonText({ files }) : files.map(file => `${file}\n`).join(''));
  host.stderr(advice);
  return exitCodes.ok;
}

const NEXT =
  'Now change rem-secrets.yaml, and run `rem-secrets expand`, `rem-secrets validate` and `rem-secrets lint`\n';

type NewFile = readonly [path: string, text: string];

function ciFiles(answers: Server, host: Host): NewFile[] {
  if (answers.ci === 'none') return [];
  if (answers.ci === 'github')
    return [['.github/workflows/rem-secrets.yaml', textOf('github.yaml', answers)]];
  const job: NewFile = [GITLAB_JOB, textOf('gitlab.yaml', answers)];
  return host.kindOf(GITLAB) === undefined ? [[GITLAB, INCLUDE], job] : [job];
}

const GITLAB = '.gitlab-ci.yml';
const GITLAB_JOB = '.gitlab/rem-secrets.yaml';
const INCLUDE = `include:\n  - local: ${GITLAB_JOB}\n`;

function includeFor({ ci }: Server, host: Host): string {
  return ci === 'gitlab' && host.kindOf(GITLAB) !== undefined
    ? `Add to ${GITLAB}:\n${INCLUDE}`
    : '';
}

type Texts = 'name' | 'namespace' | 'environments' | 'region' | 'image' | 'repository' | 'uses';

/** The flags of `init`; it asks for what they leave out. */
export interface InitFlags
  extends Readonly<Partial<Record<Texts, string>>>,
    Readonly<Partial<Record<'database' | 'plugin' | 'spec' | 'yes', boolean>>> {
  readonly store?: (typeof STORES)[number];
  readonly deployer?: (typeof DEPLOYERS)[number];
  readonly ci?: Server['ci'];
}

type Question = Exclude<keyof InitFlags, 'plugin' | 'spec' | 'yes'>;

/** Answers a question: by its flag, by a person, or by the default, if there is one. */
type Answer = (name: Question, asks: string, form: FlagForm, usual?: string) => string;

function answersOf(flags: InitFlags, host: Host) {
  const answer = answering(flags, host);
  const name = answer('name', 'What is it called?', FORMS.name, folderName('shop', host));
  const asksDatabase = 'With a PostgreSQL of CloudNativePG?';
  return {
    name,
    folder: folderIn(host),
    namespace: answer('namespace', 'In which namespace?', FORMS.name, name),
    environments: environmentsOf(answer),
    ...storeOf(answer),
    hasDatabase: choice(['yes', 'no'], 'database', asksDatabase, 'yes', answer) === 'yes',
    image: answer('image', 'Which image runs?', FORMS.image, `example/${name}:1.0.0`),
    ...deployerOf(flags, answer),
    ...serverOf(flags, host),
    hasPlugin: flags.plugin === true,
  };
}

function answering(flags: InitFlags, host: Host): Answer {
  return (name, asks, form, usual) => {
    const shown = usual === undefined ? `(${form.form})` : `[${usual}]`;
    const fromPerson = (): string | undefined =>
      host.ask(`${asks} ${shown} `, false)?.trim() || usual;
    const text = wordOf(flags[name]) ?? (flags.yes === true ? usual : fromPerson());
    return text === undefined
      ? wrongUsage(`--${name} is needed: ${form.form}`)
      : expectForm(text, form, `--${name}`);
  };
}

const wordOf = (flag: string | boolean | undefined): string | undefined =>
  typeof flag === 'boolean' ? (flag ? 'yes' : 'no') : flag;

function environmentsOf(answer: Answer): string[] {
  const form = { test: /./, form: 'names with commas' };
  const names = answer('environments', 'Which environments?', form, 'dev,prod').split(',');
  return [...new Set(names.map(name => expectForm(name.trim(), FORMS.name, '--environments')))];
}

function storeOf(answer: Answer) {
  const asks = 'Where are the values of Secrets?';
  const store = choice(STORES, 'store', asks, 'parameter-store', answer);
  if (store === 'none' || store === 'kubernetes') return { store, region: '' };
  return { store, region: answer('region', 'In which region?', FORMS.region, 'eu-west-1') };
}

function deployerOf(flags: InitFlags, answer: Answer) {
  const deployer = choice(DEPLOYERS, 'deployer', 'What applies it?', 'none', answer);
  const isKnown = deployer === 'flux' && flags.repository === undefined;
  if (deployer === 'none' || isKnown) return { deployer, repository: '' };
  const asks = 'Which address does Argo CD clone?';
  return { deployer, repository: answer('repository', asks, FORMS.repository) };
}

/** The action or component has no default: a stranger could register the name. */
function serverOf(flags: InitFlags, host: Host): Server {
  const answer = answering(flags, host);
  const usual = flags.yes !== true && host.kindOf('.github') === 'folder' ? 'github' : 'none';
  const ci = choice(SERVERS, 'ci', 'Which server checks changes?', usual, answer);
  if (ci === 'none') return { ci, uses: '' };
  if (folderIn(host) !== '')
    wrongUsage('--ci is for the root of a repository: run `init` there, or with --ci none');
  return { ci, uses: answer('uses', 'Which action or component does it use?', FORMS[ci]) };
}

function choice<T extends string>(
  words: readonly T[],
  name: Question,
  asks: string,
  usual: T,
  answer: Answer,
): T {
  const form = { test: new RegExp(`^(?:${words.join('|')})$`), form: `one of ${words.join(', ')}` };
  const text = answer(name, `${asks} (${words.join(', ')})`, form, usual);
  return words.find(word => word === text) ?? wrongUsage(form.form);
}

/** This folder, from the root of the repository; empty: it is the root, or there is no repository. */
function folderIn(host: Host): string {
  const [root, here] = [rootOf('.', host), host.realPath('.')];
  return root === undefined || here === undefined ? '' : relative(root, here);
}

export const DEPLOYERS = ['none', 'argocd', 'flux'] as const;
export const SERVERS = ['none', 'github', 'gitlab'] as const;
export const STORES = ['none', 'parameter-store', 'secrets-manager', 'kubernetes'] as const;

type Server = { readonly ci: (typeof SERVERS)[number]; readonly uses: string };

/** The legal answers: they become part of YAML, and of commands that CI runs. */
const FORMS = {
  name: {
    test: /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
    form: 'up to 40 small letters, digits and hyphens, a letter first and no hyphen last',
  },
  region: { test: /^[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}$/, form: 'a region of AWS, such as eu-west-1' },
  image: {
    test: /^[a-z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/,
    form: 'the name of an image, such as example/shop:1.0.0',
  },
  repository: {
    test: /^(?:https:\/\/|ssh:\/\/git@)[\w.:-]+\/[\w./~-]+$/,
    form: 'an address without credentials, such as https://git.example.com/platform/shop.git',
  },
  github: { test: /^[\w.-]+\/[\w.-]+@[\w./-]+$/, form: 'OWNER/rem-secrets@COMMIT, or a tag' },
  gitlab: {
    test: /^(?:\$CI_SERVER_FQDN|[\w.:-]+)(?:\/[\w.-]+){2,}@[\w.~/-]+$/,
    form: 'HOST/GROUP/rem-secrets/rem-secrets@COMMIT, or a tag',
  },
} satisfies Readonly<Record<string, FlagForm>>;
