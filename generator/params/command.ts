import type { Command } from 'commander';
import type { Host } from '../core/host.ts';
import { groupBy, sortBy } from '../core/json.ts';
import type { Formats } from '../report/finding.ts';
import { jsonText, pathText, shown, tableText } from '../report/text.ts';
import type { Action, CommandLine, CommonOptions, ExitCode } from '../shell/command.ts';
import { type ManifestFlags, withFlags } from '../shell/flags.ts';
import { printReport, tellUnseen } from '../shell/print.ts';
import type { Inventory } from '../world/object-set.ts';
import { renderValue } from '../yaml/write.ts';
import { awsClient } from './aws.ts';
import { type CheckFlags, checkEntries } from './check.ts';
import { type EntryList, entriesIn, wantedEntries } from './entries.ts';
import { type EntryStore, type EntryUse, isThere, type RemoteEntry, wantedText } from './entry.ts';
import { inOwnAccount, lookUp, readValues } from './look-up.ts';
import { type CopyFlags, copyEntries, lengthFlag, type PutFlags, putEntry } from './put.ts';

type ParamsFlags =
  | ({ readonly part: 'list' } & ManifestFlags)
  | ({ readonly part: 'inventory' } & InventoryFlags)
  | ({ readonly part: 'check' } & CheckFlags)
  | ({ readonly part: 'put' } & PutFlags)
  | ({ readonly part: 'copy' } & CopyFlags);

const KEY_HELP = 'a customer managed key that encrypts it; default: that of the spec';

const PROFILE = ['--profile <name>', 'the profile of the AWS CLI to sign in with'] as const;

export const paramsCommand: CommandLine<ParamsFlags> = {
  name: 'params',
  description: 'list, check and fill the store entries that manifests need',
  examples: [
    ['params list -e prod', 'which entries have to be there, and who reads them'],
    ['params check -e prod --profile shop', 'which of them AWS lacks; no value is received'],
    ['params inventory -e prod', 'for .rem-secrets-lint.yaml, so that lint knows the entries'],
    ['params put /shop/prod/stripe-key -e prod', 'asks for the value, without an echo'],
    ['params copy --from staging --to prod --dry-run', 'what prod lacks and staging has'],
  ],
  define: (command, run) => {
    wantedPart(command, 'list', 'list the entries, and the Secrets that they fill').action(
      (paths, flags) => run({ ...flags, part: 'list', paths }),
    );
    const inventory = 'print the entries as `inventory` of .rem-secrets-lint.yaml';
    asking(wantedPart(command, 'inventory', inventory))
      .option('--from-aws', 'the entries that AWS has, and all below the prefixes of stores')
      .action((paths, flags) => run({ ...flags, part: 'inventory', paths }));
    asking(wantedPart(command, 'check', 'compare the entries with AWS, without receiving a value'))
      .option('--no-cache', 'reuse no builds and answers of earlier runs')
      .action((paths, flags) => run({ ...flags, part: 'check', paths }));
    writing(command.command('put'))
      .description('write the value of one entry')
      .argument('<name>', 'as `params list` shows it')
      .action((name, { manifests: paths = [], ...flags }) =>
        run({ ...flags, part: 'put', name, paths }),
      );
    const copy = command
      .command('copy')
      .description('ask for the values that an environment lacks and another one has')
      .requiredOption('--from <environment>', 'the environment that has the entries')
      .requiredOption('--to <environment>', 'the environment that gets them, with new values')
      .option('--key <key>', KEY_HELP)
      .option('--dry-run', 'print what is missing, and write nothing')
      .option(...PROFILE);
    withFlags(copy, 'exec', 'remote').action(({ from, to, ...flags }) =>
      run({ ...flags, part: 'copy', source: from, target: to }),
    );
  },
};

function wantedPart(command: Command, name: string, description: string): Command {
  return withFlags(command.command(name), 'paths', ...WANTING).description(description);
}

const WANTING = ['overlay', 'namespace', 'root', 'exec', 'remote'] as const;

function asking(command: Command): Command {
  return command.option(...PROFILE).option('--read', 'receive values, and print facts about them');
}

function writing(command: Command): Command {
  return (
    withFlags(command, ...WANTING)
      // Not an argument: a value that stands there by mistake must not be shown.
      .option('-m, --manifests <path...>', 'manifests to read in place of the overlays')
      .option('--from <file>', 'the file with the value, or - for stdin; default: it is asked for')
      .addOption(
        command
          .createOption('--generate [length]', 'make up letters and digits')
          .argParser(lengthFlag)
          .preset('32')
          .conflicts('from'),
      )
      .option('--keep-newline', 'keep a newline at the end of the value')
      .option('--key <key>', KEY_HELP)
      .option('--advanced', 'allow a parameter of more than 4 KB, which AWS charges for')
      .option('--replace', 'delete a parameter of another type first')
      .option('--yes', 'replace an existing value without asking')
      .option('--dry-run', 'print what would be written, and take no value')
      .option(...PROFILE)
  );
}

/** The formats of `params list`. `params check` has the first two. */
export const paramsFormats: Formats<readonly EntryList[]> = {
  text: lists => lists.map(listText).join('\n'),
  json: lists => jsonText({ lists: lists.map(shownList) }),
  csv: renderEntriesCsv,
};

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
  const needed = await wantedEntries(options, host);
  if (typeof needed === 'number') return needed;
  printReport(paramsFormats, options.format, needed.lists, host);
  return tellUnseen(needed, host);
}

interface InventoryFlags extends CheckFlags {
  readonly fromAws?: boolean;
}

async function printInventory(options: InventoryFlags & CommonOptions, host: Host) {
  const needed = await wantedEntries(options, host);
  if (typeof needed === 'number') return needed;
  const entries = entriesIn(needed.lists);
  const listed = options.fromAws ? await listedInAws(entries, options, host) : listedHere(entries);
  const document = { inventory: inventoryOf(listed) };
  host.stdout(options.format === 'json' ? jsonText(document) : renderValue(document));
  return tellUnseen(needed, host);
}

/** An entry of an inventory; `true`: its properties are not known. */
type Listed = readonly [store: string, name: string, properties: true | readonly string[]];

/** The entries that AWS has, with all others below the prefixes of stores; of values only names of properties. */
async function listedInAws(entries: readonly RemoteEntry[], flags: InventoryFlags, host: Host) {
  const { profile, read } = flags;
  const aws = awsClient(profile, host);
  const looked = await lookUp(entries, aws);
  if (read) await readValues(entries, looked, aws);
  const { found, listed } = inOwnAccount(entries, looked);
  const named = entries.flatMap((entry): Listed[] => {
    const facts = found(entry);
    if (facts === undefined || facts === 'missing') return [];
    const value = isThere(facts) ? facts.value : undefined;
    const properties = value === undefined || (value.properties ?? []);
    return [[pathText(entry.store.name), entry.name, properties]];
  });
  const ids = new Set(named.map(idOf));
  const below = entries.flatMap(entry =>
    (listed(entry) ?? []).map((name): Listed => [pathText(entry.store.name), name, true]),
  );
  return [...named, ...below.filter(entry => !ids.has(idOf(entry)))];
}

function listedHere(entries: readonly RemoteEntry[]): Listed[] {
  const named = entries.filter(({ isSearch }) => !isSearch);
  return named.map(({ store, name, uses, properties }) => {
    const isWhole = uses.some(use => use.how !== 'metadata' && use.property === undefined);
    return [pathText(store.name), name, isWhole || properties];
  });
}

function idOf([store, name]: Listed): string {
  return `${store}\0${name}`;
}

/** An inventory for `.rem-secrets-lint.yaml`, without stores that have a name to mask: unlisted entries are absent. */
function inventoryOf(listed: readonly Listed[]): Inventory {
  const stores = [...groupBy(sortBy(listed, idOf), ([store]) => store)];
  const safe = stores.filter(
    ([store, all]) => isShown(store) && all.every(([, name]) => isShown(name)),
  );
  return Object.fromEntries(
    safe.map(([store, all]) => {
      const names = [...groupBy(all, ([, name]) => name)];
      return [store, Object.fromEntries(names.map(([name, same]) => [name, propertiesOf(same)]))];
    }),
  );
}

function isShown(name: string): boolean {
  return shown(name) === name;
}

/** The properties of an entry; `true` also where one of them must be masked. */
function propertiesOf(same: readonly Listed[]): true | readonly string[] {
  const all = same.map(([, , properties]) => properties);
  const names = new Set(all.flatMap(properties => (properties === true ? [] : properties)));
  return all.includes(true) || ![...names].every(isShown) || [...names].sort();
}

const TEXT_HEAD = ['ENTRY', 'TYPE', 'STORE', 'SECRET AND KEY', 'READ BY'];

function listText({ environment, entries }: EntryList): string {
  const title = environment === '' ? '' : `${shown(environment)}\n`;
  const rows = entries.map(shownEntry).map(({ name, type, store, properties, uses }) => {
    const lines = uses.flatMap(useLines);
    return [
      [name, ...properties.map(property => `  .${property}`)],
      [type],
      [store],
      lines.map(([secret]) => secret),
      lines.map(([, reader]) => reader),
    ];
  });
  return title + (rows.length === 0 ? 'no entry of a store is read\n' : tableText(TEXT_HEAD, rows));
}

function useLines({ how, secret, keys, readers }: ReturnType<typeof shownUse>): [string, string][] {
  const named = `${secret}: ${keys === null ? '…' : keys.join(', ')}`;
  const first = how === 'push' ? `from ${named}` : named;
  const [reader = 'nothing', ...others] = readers.map(({ name, variables }) =>
    variables.length === 0 ? name : `${name} (${variables.join(', ')})`,
  );
  return [[first, reader], ...others.map((text): [string, string] => ['', text])];
}

function shownEntry(entry: RemoteEntry) {
  const { store, name, properties, uses } = entry;
  const { provider, aws } = store;
  return {
    store: nameText(store.name),
    provider: provider === undefined ? null : shown(provider),
    service: aws?.service ?? null,
    region: aws === undefined ? null : shown(aws.region),
    name: shown(name),
    type: wantedText(entry),
    properties: properties.map(shown),
    uses: uses.map(shownUse),
  };
}

function nameText({ kind, namespace = '', name }: EntryStore['name']): string {
  return shown([kind, namespace, name].filter(part => part !== '').join('/'));
}

function shownUse({ how, property, object, secret, keys, readers }: EntryUse) {
  return {
    how,
    property: property === undefined ? null : shown(property),
    by: nameText(object),
    secret: nameText({ ...secret, kind: '' }),
    keys: keys?.map(shown) ?? null,
    readers: readers.map(reader => ({
      name: nameText(reader.name),
      variables: reader.variables.map(shown),
    })),
  };
}

function shownList({ environment, entries }: EntryList): object {
  const name = environment === '' ? null : shown(environment);
  return { environment: name, entries: entries.map(shownEntry) };
}

const HEAD = 'environment,store,service,region,entry,type,property,use,by,secret,keys,readers';

/** The entries for a spreadsheet (RFC 4180), a row for each use. */
function renderEntriesCsv(lists: readonly EntryList[]): string {
  const rows = lists.flatMap(({ environment, entries }) =>
    entries
      .map(shownEntry)
      .flatMap(({ store, service, region, name, type, uses }) =>
        uses.map(({ property, how, by, secret, keys, readers }) => [
          ...[shown(environment), store, service ?? '', region ?? '', name, type],
          ...[property ?? '', how, by, secret, (keys ?? ['…']).join(' ')],
          readers.map(reader => [reader.name, ...reader.variables].join(' ')).join('; '),
        ]),
      ),
  );
  return [HEAD, ...rows.map(row => row.map(cellText).join(','))].map(row => `${row}\r\n`).join('');
}

/** Signs that begin a formula in a spreadsheet, full-width ones too (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

function cellText(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
