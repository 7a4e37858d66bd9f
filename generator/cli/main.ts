import { Command, CommanderError, Option } from 'commander';
import { expander } from '#expander';
import { linter } from '#linter';
import { operator } from '#operator';
import packageJson from '../../package.json' with { type: 'json' };
import { completion, SHELLS } from './commands/completion.ts';
import { exitCodes } from './exit-codes.ts';
import { ALL_FORMATS, formatsOf, GRAPH_FORMATS } from './formats.ts';
import type { Host } from './host.ts';

/** The command line. Returns the exit code. */
export function main(argv: readonly string[], host: Host): number {
  let code: number = exitCodes.ok;
  const program = commands(host, result => {
    code = result;
  });
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  return code;
}

function commands(host: Host, done: (code: number) => void): Command {
  const program = new Command('rem-secrets')
    .description('One rem-secrets.yaml becomes every manifest of every environment.')
    .version(packageJson.version)
    .option('-f, --file <file>', 'the spec', 'rem-secrets.yaml')
    .addOption(
      new Option('--format <format>', 'how findings, or what a command makes, are printed')
        .choices(ALL_FORMATS)
        .default('text'),
    )
    .hook('preAction', (_, command) => {
      const format = String(program.opts()['format']);
      const known = formatsOf(command.name());
      if (known.includes(format)) return;
      const message = `error: ${command.name()} has no --format ${format}, only ${known.join(', ')}`;
      program.error(message, { exitCode: exitCodes.usage });
    })
    .showHelpAfterError('(rem-secrets --help lists the commands)')
    .exitOverride()
    .configureOutput({ writeOut: host.stdout, writeErr: host.stderr });
  const run: Run = { program, host, done };
  addGenerating(run);
  addChecking(run);
  addReviewing(run);
  addOperating(run);
  addTelling(run);
  return program;
}

/** The program with its flags, the machine it runs on, and who takes the exit code. */
interface Run {
  readonly program: Command;
  readonly host: Host;
  readonly done: (code: number) => void;
}

function addCommand({ program }: Run, name: string, description: string): Command {
  return program.command(name).description(description).copyInheritedSettings(program);
}

const ENABLE_EXEC = [
  '--enable-exec',
  'let kustomize run the functions that a kustomization names',
] as const;

const ENABLE_REMOTE = [
  '--enable-remote',
  'let kustomize fetch what a kustomization names; for trusted repositories only',
] as const;

/** What makes manifests of the spec. */
function addGenerating(run: Run): void {
  const { program, host, done } = run;
  addCommand(run, 'expand', 'write base/, overlays/ and argocd/ beside the spec')
    .option('--check', 'write nothing; list what differs, and exit 1 if anything does')
    .action(({ check }) =>
      done(expander.expandTree({ ...program.opts(), isCheck: check === true }, host)),
    );
  addCommand(
    run,
    'render',
    'print the objects of an environment, or of a cluster that several share',
  )
    .argument('[environment]', 'default: spec.environment')
    .addOption(new Option('-o, --output <format>').choices(['yaml', 'json']).default('yaml'))
    .action((environment, { output }) =>
      done(expander.render({ ...program.opts(), environment, output }, host)),
    );
}

/** What holds manifests against schemas and rules. */
function addChecking(run: Run): void {
  const { program, host, done } = run;
  addCommand(
    run,
    'validate',
    'check manifests against the schemas of their kinds, with ajv and with kubeconform',
  )
    .argument('[path...]', 'files and folders; default: the build of every overlay')
    .option(...ENABLE_REMOTE)
    .action((paths, options) =>
      done(expander.validate({ ...program.opts(), ...options, paths }, host)),
    );
  addCommand(
    run,
    'lint',
    'find every broken reference between Secrets, their makers and their readers',
  )
    .argument('[path...]', 'files, folders, kustomizations, or - for stdin; default: the overlays')
    .option('-n, --namespace <namespace>', 'the namespace of objects that name none')
    .option('--config <file>', 'what is accepted, and what exists outside (.rem-secrets-lint.yaml)')
    .option('--explain <rule>', 'print the page of a rule')
    .option(...ENABLE_EXEC)
    .option(...ENABLE_REMOTE)
    .addOption(
      new Option('--fail-on <severity>', 'what makes the exit code 1 (error)').choices([
        'error',
        'warning',
      ]),
    )
    .action((paths, options) => done(linter.lint({ ...program.opts(), ...options, paths }, host)));
}

/** What shows a change before it is merged. */
function addReviewing(run: Run): void {
  const { program, host, done } = run;
  addCommand(
    run,
    'diff',
    'show what changes between two revisions or folders, and what of it hurts',
  )
    .option(
      '--base <rev|path>',
      'what it is compared with: rev:REVISION, path:PATH, or what is only one of them',
      'rev:HEAD',
    )
    .option('--head <rev|path>', 'what is compared; . is the working tree', '.')
    .option('-n, --namespace <namespace>', 'the namespace of objects that name none')
    .option(...ENABLE_EXEC)
    .option(...ENABLE_REMOTE)
    .option(
      '--acknowledgements <file>',
      'risks that somebody takes (.rem-secrets-review.yaml of head)',
    )
    .option(
      '--config <file>',
      'what lint accepts, and what exists outside (.rem-secrets-lint.yaml of head)',
    )
    .option('--reports <folder>', 'also write review.md, .html, .json and .sarif there')
    .option('--explain <rule>', 'print the page of a rule')
    .action(options => done(linter.diff({ ...program.opts(), ...options }, host)));
}

/** What is needed to run it. */
function addOperating(run: Run): void {
  const { program, host, done } = run;
  addCommand(run, 'iam', 'print the roles and policies of AWS that External Secrets needs')
    .argument('[path...]', 'files, folders, kustomizations, or - for stdin; default: the overlays')
    .option('-e, --environment <name>', 'one environment only, or the cluster that it shares')
    .option('-n, --namespace <namespace>', 'the namespace of objects that name none', '')
    .option('--account <number>', 'the AWS account; default: a variable')
    .option('--cluster <name>', 'the EKS cluster; default: a variable')
    .option('--oidc-provider <provider>', 'of the cluster, for IRSA; default: a variable')
    .addOption(
      new Option('--trust <way>', "how External Secrets' own account gets its role").choices([
        'PodIdentity',
        'IRSA',
      ]),
    )
    .option('--service-account <namespace/name>', 'the account that External Secrets runs under')
    .option('--kms-key <[store=]key>', "a customer's key that encrypts what a store holds", added)
    .option('--prefix <name>', 'what the names of roles and policies begin with')
    .option(...ENABLE_EXEC)
    .option(...ENABLE_REMOTE)
    .action((paths, options) => done(operator.iam({ ...program.opts(), ...options, paths }, host)));
}

/** An option that may come several times. */
function added(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** What tells about a spec or manifests, and the tool. */
function addTelling(run: Run): void {
  const { program, host, done } = run;
  addCommand(run, 'graph', 'show where Secrets come from and who reads them')
    .argument('[path...]', 'files, folders, kustomizations, or - for stdin; default: the overlays')
    .option('-e, --environment <name>', 'one overlay only')
    .option('-n, --namespace <namespace>', 'the namespace of objects that name none', '')
    .option(...ENABLE_REMOTE)
    .addOption(new Option('-o, --output <format>').choices(GRAPH_FORMATS).default('table'))
    .action((paths, options) =>
      done(expander.graph({ ...program.opts(), ...options, paths }, host)),
    );
  addCommand(run, 'environments', 'list the environments and shared clusters').action(() =>
    done(expander.environments(program.opts(), host)),
  );
  addCommand(run, 'completion', 'print a completion script')
    .argument('<shell>', SHELLS.join(', '))
    .action(shell => done(completion(shell, program, host)));
}
