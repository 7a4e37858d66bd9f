import { Command, CommanderError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { completion, SHELLS } from './commands/completion.ts';
import { environments } from './commands/environments.ts';
import { expandTree } from './commands/expand.ts';
import { GRAPH_FORMATS, graph } from './commands/graph.ts';
import { lint } from './commands/lint.ts';
import { render } from './commands/render.ts';
import { validate } from './commands/validate.ts';
import { exitCodes } from './exit-codes.ts';
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
      new Option('--format <format>', 'how findings are printed')
        .choices(['text', 'json'])
        .default('text'),
    )
    .showHelpAfterError('(rem-secrets --help lists the commands)')
    .exitOverride()
    .configureOutput({ writeOut: host.stdout, writeErr: host.stderr });
  const command = (name: string, description: string): Command =>
    program.command(name).description(description).copyInheritedSettings(program);
  command('expand', 'write base/ and overlays/ beside the spec')
    .option('--check', 'write nothing; list what differs, and exit 1 if anything does')
    .action(({ check }) => done(expandTree({ ...program.opts(), isCheck: check === true }, host)));
  command('render', 'print the objects of an environment, or of a cluster that several share')
    .argument('[environment]', 'default: spec.environment')
    .addOption(new Option('-o, --output <format>').choices(['yaml', 'json']).default('yaml'))
    .action((environment, { output }) =>
      done(render({ ...program.opts(), environment, output }, host)),
    );
  command(
    'validate',
    'check manifests against the schemas of their kinds, with ajv and with kubeconform',
  )
    .argument('[path...]', 'files and folders; default: the build of every overlay')
    .action(paths => done(validate({ ...program.opts(), paths }, host)));
  command('lint', 'find every broken reference between Secrets, their makers and their readers')
    .argument('<path...>', 'files, folders, kustomizations, or - for stdin')
    .option('-n, --namespace <namespace>', 'the namespace of objects that name none', '')
    .action((paths, { namespace }) => done(lint({ ...program.opts(), paths, namespace }, host)));
  command('graph', 'show where Secrets come from and who reads them')
    .argument('[path...]', 'files, folders, kustomizations, or - for stdin; default: the overlays')
    .option('-e, --environment <name>', 'one overlay only')
    .option('-n, --namespace <namespace>', 'the namespace of objects that name none', '')
    .addOption(new Option('-o, --output <format>').choices(GRAPH_FORMATS).default('table'))
    .action((paths, { environment, namespace, output }) =>
      done(graph({ ...program.opts(), paths, environment, namespace, output }, host)),
    );
  command('environments', 'list the environments and shared clusters').action(() =>
    done(environments(program.opts(), host)),
  );
  command('completion', 'print a completion script')
    .argument('<shell>', SHELLS.join(', '))
    .action(shell => done(completion(shell, program, host)));
  return program;
}
