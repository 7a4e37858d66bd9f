import type { Command } from 'commander';
import type { Host } from '../core/host.ts';
import type { Action, CommandLine, CommonOptions, ExitCode } from '../shell/command.ts';
import { type ManifestFlags, NAMESPACE, OVERLAY, PATHS } from '../shell/flags.ts';
import { printReport, tellUnseen } from '../shell/print.ts';
import { type Allowed, ENABLE_EXEC, ENABLE_REMOTE, NO_CACHE, ROOT } from '../world/programs.ts';
import { type CheckFlags, checkEntries } from './check.ts';
import { wantedEntries } from './entries.ts';
import { paramsFormats } from './formats.ts';
import { type InventoryFlags, printInventory } from './inventory.ts';
import {
  type CopyFlags,
  copyEntries,
  lengthFlag,
  type PutFlags,
  putEntry,
  type WriteFlags,
} from './put.ts';

type ParamsFlags =
  | ({ readonly part: 'list' } & ManifestFlags)
  | ({ readonly part: 'inventory' } & InventoryFlags)
  | ({ readonly part: 'check' } & CheckFlags)
  | ({ readonly part: 'put' } & PutFlags)
  | ({ readonly part: 'copy' } & CopyFlags);

interface CopyGiven extends Omit<WriteFlags, 'from'>, Allowed {
  readonly from: string;
  readonly to: string;
}

const KEY_HELP = "a customer's key that encrypts it; default: as the spec says";

const PROFILE = ['--profile <name>', 'of the AWS CLI, whose credentials are taken'] as const;

export const paramsCommand: CommandLine<ParamsFlags> = {
  name: 'params',
  description: 'the entries of stores that manifests need: list, check, put',
  examples: [
    ['params list -e prod', 'which entries have to be there, and who reads them'],
    ['params check -e prod --profile shop', 'what of them is missing in AWS; no value is received'],
    ['params inventory -e prod', 'for .rem-secrets-lint.yaml, so that lint knows the entries'],
    ['params put /shop/prod/stripe-key -e prod', 'asks for the value, without an echo'],
    ['params copy --from staging --to prod --dry-run', 'what prod lacks and staging has'],
  ],
  define: (command, run) => {
    wantedPart(command, 'list', 'every entry that is read or pushed, and where it ends').action(
      (paths: readonly string[], flags: ManifestFlags) => run({ ...flags, part: 'list', paths }),
    );
    const inventory = 'the entries as `inventory` of .rem-secrets-lint.yaml';
    asking(wantedPart(command, 'inventory', inventory))
      .option('--from-aws', 'what is there, and all below the prefixes of stores')
      .action((paths: readonly string[], flags: InventoryFlags) =>
        run({ ...flags, part: 'inventory', paths }),
      );
    asking(wantedPart(command, 'check', 'hold them against AWS, without receiving a value'))
      .option(NO_CACHE[0], 'build and ask again what earlier runs did')
      .action((paths: readonly string[], flags: CheckFlags) =>
        run({ ...flags, part: 'check', paths }),
      );
    writing(command.command('put'))
      .description('write the value of one entry that they need')
      .argument('<name>', 'as `params list` shows it')
      .action(
        (name: string, { manifests: paths = [], ...flags }: PutFlags & { manifests?: string[] }) =>
          run({ ...flags, part: 'put', name, paths }),
      );
    command
      .command('copy')
      .description('ask for the values that an environment lacks and another one has')
      .requiredOption('--from <environment>', 'whose entries are wanted')
      .requiredOption('--to <environment>', 'that gets them, with new values')
      .option('--key <key>', KEY_HELP)
      .option('--dry-run', 'say what is missing')
      .option(...PROFILE)
      .option(...ENABLE_EXEC)
      .option(...ENABLE_REMOTE)
      .action(({ from, to, ...flags }: CopyGiven) =>
        run({ ...flags, part: 'copy', source: from, target: to }),
      );
  },
};

function wantedPart(command: Command, name: string, description: string): Command {
  return wanting(command.command(name))
    .description(description)
    .argument(...PATHS);
}

function wanting(command: Command): Command {
  return command
    .option(...OVERLAY)
    .option(...NAMESPACE, '')
    .option(...ROOT)
    .option(...ENABLE_EXEC)
    .option(...ENABLE_REMOTE);
}

function asking(command: Command): Command {
  return command.option(...PROFILE).option('--read', 'receive values, and tell facts about them');
}

function writing(command: Command): Command {
  return (
    wanting(command)
      // Not an argument: a value that stands there by mistake must not be shown.
      .option('-m, --manifests <path...>', 'instead of the overlays')
      .option('--from <file>', 'the file with the value, or - for stdin; default: it is asked for')
      .addOption(
        command
          .createOption('--generate [length]', 'make up letters and digits')
          .argParser(lengthFlag)
          .preset('32')
          .conflicts('from'),
      )
      .option('--keep-newline', 'of the end of the value')
      .option('--key <key>', KEY_HELP)
      .option('--advanced', 'a parameter of more than 4 KB, which costs')
      .option('--replace', 'delete a parameter of another type first')
      .option('--yes', 'write over what is there without asking')
      .option('--dry-run', 'say what would be written, and take no value')
      .option(...PROFILE)
  );
}

export const params: Action<ParamsFlags> = { run: runParams, formats: paramsFormats };

function runParams(options: ParamsFlags & CommonOptions, host: Host): ExitCode {
  switch (options.part) {
    case 'list':
      return printEntries(options, host);
    case 'inventory':
      return printInventory(options, host);
    case 'check':
      return checkEntries(options, host);
    case 'put':
      return putEntry(options, host);
    case 'copy':
      return copyEntries(options, host);
  }
}

async function printEntries(options: ManifestFlags & CommonOptions, host: Host): Promise<number> {
  const wanted = await wantedEntries(options, host);
  if (typeof wanted === 'number') return wanted;
  printReport(paramsFormats, options.format, wanted.lists, host);
  return tellUnseen(wanted, host);
}
