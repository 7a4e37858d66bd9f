import { basename, dirname, join } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { knownNames } from '../core/names.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { expectForm, withFlags, wrongUsage } from '../shell/flags.ts';
import { folderName, printReport, tellBuilds } from '../shell/print.ts';
import { writeInto } from '../shell/write-tree.ts';
import type { Allowed } from '../world/programs.ts';
import { editorLine } from '../world/schemas.ts';
import { buildNotes } from '../world/source.ts';
import { type Adoption, adopt } from './adopt.ts';
import { commentReader } from './comments.ts';
import { deployerTree, makesIam } from './deployers.ts';
import type { Original, ReadEnvironment } from './originals.ts';
import {
  mainNamespace,
  namedPath,
  originalOf,
  readEnvironments,
  versionAdvice,
  withoutNamespace,
} from './originals.ts';
import {
  adviceFor,
  type ImportReport,
  importFormats,
  isWholeImport,
  lintFindings,
  reportOf,
  setsOf,
  unreadIn,
  unseenAdvice,
} from './report.ts';

interface ImportFlags extends Allowed {
  readonly paths: readonly string[];
  readonly namespace?: string;
  readonly name?: string;
  readonly out?: string;
  readonly partial?: boolean;
  readonly overwrite?: boolean;
  readonly extract?: string;
  readonly base?: string;
}

export const importCommand: CommandLine<ImportFlags> = {
  name: 'import',
  description: 'write the spec that makes existing manifests, and prove that it does',
  examples: [
    ['import deploy/', 'a folder of manifests, or a kustomization'],
    ['import dev=overlays/dev prod=overlays/prod', 'one environment for each folder'],
    ['import README.md --out deploy', 'the YAML in a document; the spec goes into another folder'],
  ],
  define: (command, run) => {
    command
      .argument(
        '<path...>',
        'files, folders, kustomizations, Markdown, or - for stdin; NAME=PATH names an environment',
      )
      .option('-n, --namespace <namespace>', 'the namespace of objects that name none')
      .option('--name <name>', 'the name of the spec (that of this folder)')
      .option('--out <folder>', 'write the spec into this folder')
      .option('--partial', 'write the spec even if it does not make every object')
      .option('--base <name>', 'the environment that others change (for the shortest spec)')
      .option('--extract <lines>', 'texts with more lines than this go into files/ (20); 0: none')
      .option('--overwrite', 'replace an existing spec');
    withFlags(command, 'exec', 'remote').action((paths, flags) => run({ ...flags, paths }));
  },
};

export const importAction: Action<ImportFlags> = { run: runImport, formats: importFormats };

type ImportOptions = ImportFlags & CommonOptions;

async function runImport(options: ImportOptions, host: Host): Promise<number> {
  expectNames(options);
  const file = options.out === undefined ? options.file : join(options.out, 'rem-secrets.yaml');
  if (host.exists(file) && options.overwrite !== true)
    wrongUsage(
      `${file} is there: name another folder with --out, or write over it with --overwrite`,
    );
  const read = await readEnvironments(options.paths, options, host);
  if (read.every(({ objects }) => objects.length === 0))
    return nothingRead(file, read.flatMap(unreadIn), options, host);
  const all = read.map(found => originalOf(found, namespaceOf(found, options)));
  expectEnvironment(options, all);
  const adoption = await adopted(read, all, { ...options, folder: dirname(file) }, host);
  const places = options.paths.map(path => namedPath(path, host).path);
  const findings = await lintFindings(places, read, adoption, options, host);
  const report = reportOf(file, read, all, adoption, findings);
  const isRight = isWholeImport(report) || (options.partial === true && report.faults.length === 0);
  // Before the spec that is there is written over.
  const unseen = [...versionAdvice(read), ...unseenAdvice(report, adoption, host)];
  expectUntaken(adoption, dirname(file), options, host);
  const specFiles = [[basename(file), adoption.text] as const, ...adoption.files];
  if (isRight) writeInto({ what: 'the spec', folder: dirname(file) }, specFiles, host);
  const printed: ImportReport = {
    ...report,
    outcome: isRight ? 'written' : 'refused',
    advice: adviceFor(report, adoption, { ...options, isWritten: isRight, unseen }, host),
  };
  printReport(importFormats, options.format, printed, host);
  const notes = read.flatMap(({ sources }) => buildNotes(sources));
  tellBuilds(notes, host);
  return isWholeImport(report) ? exitCodes.ok : exitCodes.findings;
}

const LABEL = {
  test: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
  form: 'up to 63 small letters, digits and hyphens, with no hyphen first or last',
};

const NUMBER = { test: /^\d{1,6}$/, form: 'a whole number' };

function expectNames({ name, namespace, extract }: ImportOptions): void {
  if (extract !== undefined) expectForm(extract, NUMBER, '--extract');
  if (name !== undefined) expectForm(name, LABEL, '--name');
  if (namespace !== undefined) expectForm(namespace, LABEL, '--namespace');
}

function expectEnvironment({ base }: ImportOptions, all: readonly Original[]): void {
  const names = all.map(({ name }) => name);
  if (base !== undefined && !names.includes(base))
    wrongUsage(`there is no environment "${base}". ${knownNames('environments', base, names)}`);
}

function expectUntaken(adoption: Adoption, folder: string, options: ImportOptions, host: Host) {
  for (const [name, text] of options.overwrite === true ? [] : adoption.files) {
    const file = join(folder, name);
    if (host.exists(file) && (host.kindOf(file) !== 'file' || textOf(file, host) !== text))
      wrongUsage(
        `${file} is there, with another text: write over it with --overwrite, or no files with --extract 0`,
      );
  }
}

function nothingRead(file: string, unread: readonly Finding[], options: ImportOptions, host: Host) {
  if (unread.every(({ severity }) => severity !== 'error'))
    wrongUsage(
      `nothing to import at ${options.paths.join(', ')}: no manifest, and no kustomization`,
    );
  const report: ImportReport = {
    file,
    outcome: 'refused',
    advice: [`${file} is not written: nothing could be read`],
    findings: [],
    unread,
    faults: [],
    environments: [],
  };
  printReport(importFormats, options.format, report, host);
  return exitCodes.findings;
}

function namespaceOf(found: ReadEnvironment, { namespace }: ImportOptions): string {
  const main = mainNamespace(found) ?? namespace;
  if (main !== undefined) return main;
  if (withoutNamespace(found).length === 0) return 'default';
  const where = found.name === '' ? '' : ` of ${found.name} (${found.sources[0]?.name})`;
  return wrongUsage(`no object${where} names its namespace: say it with --namespace`);
}

/** The spec that was found. It has an `iam` section only if that makes the files of `iam/` as they are. */
async function adopted(
  read: readonly ReadEnvironment[],
  all: readonly Original[],
  { name, extract, base, folder }: ImportFlags & { readonly folder: string },
  host: Host,
): Promise<Adoption> {
  const tree = await deployerTree(read, host);
  const means = {
    name: name ?? folderName('imported', host),
    commentsOf: commentReader(setsOf(read), host),
    validators: host.validators,
    longest: Number(extract ?? 20),
    head: editorLine(folder, host),
    base,
  };
  const found = adopt(all, { ...means, tree });
  const { iam, ...others } = tree;
  if (iam === undefined || makesIam(found, tree.place, host)) return found;
  return { ...adopt(all, { ...means, tree: others }), tree };
}
