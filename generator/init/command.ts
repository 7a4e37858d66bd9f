import { andThen, type Outcome } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { findingFormats } from '../report/finding.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { printFindings } from '../shell/print.ts';
import { USUAL_SPEC } from '../shell/read-spec.ts';
import { writeNewFiles } from '../shell/write-tree.ts';
import { parseSpec } from '../spec/parse.ts';
import { type Expansion, expand } from '../spec/pipeline.ts';
import { locate } from '../yaml/places.ts';
import { adviceFor, filesBeside, firstSpec } from './first-spec.ts';
import { answersOf, DEPLOYERS, type InitFlags, SERVERS, STORES } from './init.ts';

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
  const { faults } = expanded(text, host);
  if (faults.length > 0)
    return printFindings(locate(faults, { file: USUAL_SPEC, text }), options, host);
  const files = new Map([[USUAL_SPEC, text], ...filesBeside(answers, host)]);
  const advice = adviceFor(answers, host);
  writeNewFiles(files, host);
  host.stdout([...files.keys()].map(file => `${file}\n`).join(''));
  host.stderr(advice + NEXT);
  return exitCodes.ok;
}

function expanded(text: string, host: Host): Outcome<Expansion> {
  return andThen(parseSpec(text), spec => expand(spec, host.validators));
}

const NEXT =
  'Now change rem-secrets.yaml, and run `rem-secrets expand`, `rem-secrets validate` and `rem-secrets lint`\n';
