import { basename, dirname, join } from 'node:path';
import { type Adoption, adopt } from '../../adopt/adopt.ts';
import { coverageOf } from '../../adopt/coverage.ts';
import { homeless, mainNamespace, type Wanted, wantedOf } from '../../adopt/wanted.ts';
import type { Finding } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { locate } from '../../ground/locate.ts';
import { type Allowed, ENABLE_EXEC, ENABLE_REMOTE } from '../../read/kustomize/allowed.ts';
import { placesFor } from '../../read/places/places-for.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';
import { nothingOutside } from '../../read/sets/object-set.ts';
import { rendered } from '../../report/format.ts';
import { importFormats } from '../../report/formats.ts';
import { differencesOf, type ImportReport } from '../../report/import/report.ts';
import type { Action, CommandLine, CommonOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeInto } from '../host/tree/write-into.ts';
import { adviceFor } from '../import/advice.ts';
import { commentReader } from '../import/comments.ts';
import { type ReadEnvironment, readEnvironments } from '../import/read-environments.ts';
import { runSets } from '../lint/run.ts';
import { shownOn } from '../shown-on.ts';
import { wrongUsage } from '../usage.ts';

interface ImportFlags extends Allowed {
  readonly paths: readonly string[];
  readonly namespace?: string;
  readonly name?: string;
  readonly out?: string;
  /** Write a spec that does not make all that is there. */
  readonly partial?: boolean;
  /** Write in place of a spec that is there. */
  readonly overwrite?: boolean;
}

type ImportOptions = ImportFlags & CommonOptions;

export const importCommand: CommandLine<ImportFlags> = {
  name: 'import',
  description: 'write the spec that makes manifests which are there, and prove that it does',
  examples: [
    ['import deploy/', 'of a folder of manifests, or of a kustomization'],
    ['import dev=overlays/dev prod=overlays/prod', 'of an environment each'],
    ['import README.md --out deploy', 'of the YAML in a document, into another folder'],
  ],
  define: (command, run) =>
    command
      .argument(
        '<path...>',
        'files, folders, kustomizations, Markdown, or - for stdin; NAME=PATH names an environment',
      )
      .option('-n, --namespace <namespace>', 'the namespace of objects that name none')
      .option('--name <name>', "the spec's name (of the folder)")
      .option('--out <folder>', 'write the spec into this folder')
      .option('--partial', 'write the spec though it does not make all that is there')
      .option('--overwrite', 'write the spec in place of one that is there')
      .option(...ENABLE_EXEC)
      .option(...ENABLE_REMOTE)
      .action((paths, flags) => run({ ...flags, paths })),
};

export const importAction: Action<ImportFlags> = { run: runImport, formats: importFormats };

/** Reads manifests, looks for their spec, proves it, and writes it if the proof holds. */
function runImport(options: ImportOptions, host: Host): number {
  const file = options.out === undefined ? options.file : join(options.out, 'rem-secrets.yaml');
  if (host.exists(file) && options.overwrite !== true)
    wrongUsage(
      `${file} is there: name another folder with --out, or write over it with --overwrite`,
    );
  const read = readEnvironments(options.paths, options, host);
  const all = read.map(found => wantedOf(found, namespaceOf(found, options)));
  if (all.every(({ items }) => items.length === 0))
    wrongUsage(
      `nothing to import at ${options.paths.join(', ')}: no manifest, and no kustomization`,
    );
  const adoption = adopt(
    all,
    specName(options, host),
    commentReader(setsOf(read), host),
    host.validators,
  );
  const report = reportOf(file, read, all, adoption, host);
  const isRight = isWhole(report) || (options.partial === true && report.faults.length === 0);
  if (isRight) write(file, adoption.text, host);
  const told: ImportReport = {
    ...report,
    outcome: isRight ? 'written' : 'refused',
    advice: adviceFor(report, { ...options, isWritten: isRight }, host),
  };
  host.stdout(rendered(importFormats, options.format, told, shownOn(host)));
  return isWhole(report) ? exitCodes.ok : exitCodes.findings;
}

function write(file: string, text: string, host: Host): void {
  writeInto({ what: 'the spec', folder: dirname(file) }, [[basename(file), text]], host);
}

function namespaceOf(found: ReadEnvironment, { namespace }: ImportOptions): string {
  const main = mainNamespace(found) ?? namespace;
  if (main !== undefined) return main;
  if (homeless(found).length === 0) return 'default';
  return wrongUsage('no object names its namespace: say it with --namespace');
}

/** After the folder that the spec is for, in the letters of a label. */
function specName({ name, out }: ImportOptions, host: Host): string {
  const folder = basename(out ?? host.realPath('.') ?? host.cwd);
  const plain = folder.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return name ?? (plain.slice(0, 63).replaceAll(/^-|-$/g, '') || 'imported');
}

/** Whether all was read, and all comes out as it is. */
function isWhole(report: ImportReport): boolean {
  const isRead = report.unread.every(({ rule }) => rule === SKIPPED);
  return isRead && report.faults.length === 0 && differencesOf(report).differing === 0;
}

/** A file of a folder that can be no manifest. What else is not read may have objects. */
const SKIPPED = 'skipped-file';

function reportOf(
  file: string,
  read: readonly ReadEnvironment[],
  all: readonly Wanted[],
  { text, drafts, proofs, faults }: Adoption,
  host: Host,
): ImportReport {
  return {
    file,
    outcome: 'refused',
    advice: [],
    findings: lintFindings(read, host),
    unread: read.flatMap(unreadIn),
    faults: locate(faults, { file, text }),
    environments: all.map((wanted, index) => ({
      environment: wanted.name,
      namespace: wanted.namespace,
      objects: proofs[index]?.objects ?? wanted.items.length,
      changes: proofs[index]?.changes ?? [],
      coverage: drafts.slice(index, index + 1).flatMap(coverageOf),
      homeless: homeless(read[index] ?? wanted).length,
      ...placeOf(read[index]),
    })),
  };
}

/** Where an environment was read from, when that is one place. */
function placeOf(found: ReadEnvironment | undefined): { readonly from?: string } {
  const [only, ...others] = found?.sources ?? [];
  return only === undefined || others.length > 0 || only.file === 'stdin'
    ? {}
    : { from: only.name };
}

/** What was not read of an environment. */
function unreadIn({ sources }: ReadEnvironment): Finding[] {
  return sources.flatMap(source => [...source.findings, ...(source.unread ?? [])]);
}

function setsOf(read: readonly ReadEnvironment[]): ManifestSet[] {
  return read.map(({ sources }) => ({ sources, context: [], outside: nothingOutside }));
}

/** What `lint` says of the manifests: it does not keep them from being imported. */
function lintFindings(read: readonly ReadEnvironment[], host: Host): readonly Finding[] {
  const sets = setsOf(read);
  const unread = new Set(read.flatMap(unreadIn).map(finding => JSON.stringify(finding)));
  const run = runSets(sets, { config: {}, strict: false }, placesFor(sets, host), host.validators);
  return run.findings.filter(finding => !unread.has(JSON.stringify(finding)));
}
