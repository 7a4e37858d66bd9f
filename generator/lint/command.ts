import { dirname, relative } from 'node:path';
import { andThen, type Finding, ok } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { sortBy } from '../core/json.ts';
import { placesFor } from '../environments/places.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import { setsOfSpec } from '../environments/sets.ts';
import { type Cause, causesOf } from '../report/causes.ts';
import { shortened } from '../report/text.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { readConfigFile } from '../shell/config.ts';
import type { AllowedFlags, FlagForm } from '../shell/flags.ts';
import {
  allowedFor,
  expectForm,
  expectPaths,
  parsedVersions,
  withFlags,
  wrongUsage,
} from '../shell/flags.ts';
import { explain, printReport, textsOf, textsOn } from '../shell/print.ts';
import { readSpec } from '../shell/read-spec.ts';
import { replayed } from '../shell/replay.ts';
import { declaredIn, explainedVariables } from '../spec/variables.ts';
import { excluding } from '../world/folders.ts';
import type { ManifestSet } from '../world/object-set.ts';
import { setsOfPaths } from '../world/sets.ts';
import type { Baseline } from './accept.ts';
import { heldAgainst, readBaseline, unusedAcceptance, writtenBaseline } from './accept.ts';
import type { LintConfig, ReadConfig, Severity } from './config.ts';
import { checkConfig, LINT_CONFIG, unusedEntries } from './config.ts';
import { lintFormats } from './formats.ts';
import { isFailure, type LintReport, unrenderedAt } from './report.ts';
import { rules } from './rules.ts';
import { expectManifests, type LintOptions, type LintRun, runSets } from './run.ts';

interface LintFlags extends AllowedFlags {
  readonly paths: readonly string[];
  readonly namespace?: string;
  readonly failOn?: Severity;
  readonly config?: string;
  readonly versions?: string;
  readonly strict?: boolean;
  readonly root?: string;
  readonly with?: readonly string[];
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly quiet?: boolean;
  readonly limit?: string;
  readonly explain?: string;
}

type Options = LintFlags & CommonOptions;

export const lintCommand: CommandLine<LintFlags> = {
  name: 'lint',
  description: 'find every broken reference between Secrets, their makers and their readers',
  examples: [
    ['lint .', 'every manifest of this repository; it needs no spec'],
    ['lint', 'every overlay of the spec'],
    ['lint apps/shop --strict', 'a part of it, held against the whole repository'],
    ['lint . -o sarif', 'for a code-scanning service'],
    ['lint . --write-baseline known.yaml', 'remember the findings of now as known'],
    ['lint . --baseline known.yaml', 'fail only for new findings'],
    ['lint . --helm', 'with the objects of charts in the repository'],
    ['lint --explain unknown-secret', 'what a rule means, and what to do'],
  ],
  define: (command, run) => {
    withFlags(command, 'paths', 'ownNamespace').option(
      '--config <file>',
      'accepted findings, and what exists outside (.rem-secrets-lint.yaml)',
    );
    withFlags(command, 'versions', 'root').option(
      '--with <folder>',
      'another repository to read too, such as that of the Applications; may be repeated',
      (folder: string, before: readonly string[] = []) => [...before, folder],
    );
    withFlags(command, 'noCache', 'helm')
      .option('--strict', 'warn also where something that was not read may make what is missing')
      .option('--baseline <file>', 'known findings: only new ones are printed, and fail')
      .option('--write-baseline <file>', 'write the findings of this run as known ones')
      .option('--quiet', 'print only errors; warnings are counted')
      .option('--limit <number>', 'how many findings to print; the others are counted')
      .option('--explain <rule>', 'print the page of a rule');
    withFlags(command, 'exec', 'remote')
      .addOption(
        command
          .createOption('--fail-on <severity>', 'the least severity with exit code 1 (error)')
          .choices(['error', 'warning']),
      )
      .action((paths, flags) => run({ ...flags, paths }));
  },
};

export const lint: Action<LintFlags> = {
  run: (options, host) => {
    const run = { ...options, writes: options.writeBaseline, places: options.paths };
    return replayed(run, host, kept => lintAll(options, kept));
  },
  formats: lintFormats,
};

async function lintAll(options: Options, host: Host): Promise<number> {
  if (options.explain !== undefined) return explain(options.explain, options, host);
  expectPaths(options.paths, host);
  if (options.limit !== undefined) expectForm(options.limit, NUMBER, '--limit');
  const { config, baseline } = options;
  const read = readConfigFile<LintConfig>({ named: config, usual: LINT_CONFIG }, host, checkConfig);
  const oldBaseline = baseline === undefined ? undefined : readBaseline(baseline, host);
  if (typeof read === 'string') return wrongUsage(read);
  if (typeof oldBaseline === 'string') return wrongUsage(oldBaseline);
  if (Array.isArray(read)) return print(nothingRun(read, host), {}, options, host);
  if (Array.isArray(oldBaseline)) return print(nothingRun(oldBaseline, host), {}, options, host);
  return lintWith(read, oldBaseline, options, host);
}

const NUMBER: FlagForm = { test: /^[1-9]\d{0,8}$/, form: 'a number from 1 on' };

async function lintWith(read: ReadConfig, old: Baseline | undefined, options: Options, host: Host) {
  const { config } = read;
  const { paths, file } = options;
  const excluded = [...(config.exclude ?? [])].sort();
  const namespace = options.namespace ?? config.namespace ?? '';
  const versions = parsedVersions(options.versions);
  const allowed = await allowedFor(options, host, versions.kubernetes);
  const run = (
    sets: readonly ManifestSet[],
    spec: ReadSpec | undefined,
    left: Pick<LintOptions, 'excluded' | 'unrendered'> = {},
  ): number => {
    const sources = [...new Set(sets.flatMap(set => [...set.sources, ...set.context]))];
    const lintOptions = { config, strict: options.strict === true, ...left };
    const basis = { validators: host.validators, versions };
    const result = runSets(sets, lintOptions, placesFor(sets, host, spec), basis);
    const all = [...result.findings, ...unusedEntries(read, result.used, host)];
    const { writeBaseline } = options;
    const baseline = writeBaseline === undefined ? old : writtenBaseline(writeBaseline, all, host);
    const compared =
      baseline === undefined ? { findings: all } : heldAgainst(baseline, all, paths, host);
    const textOf = textsOf(sources, read.source, spec, host);
    const notes = spec === undefined ? [] : [...staleUnits(sets), ...leftVariables(spec)];
    return print({ ...result, ...compared, notes, textOf }, config, options, host);
  };
  if (paths.length > 0) {
    const { baseline, writeBaseline, root, with: context = [] } = options;
    const folder = dirname(read.source?.file ?? '');
    const ours = [read.source?.file, baseline, writeBaseline].filter(name => name !== undefined);
    const left = ours.map(name => relative(folder, name));
    const whole = excluding(host, folder, left);
    const applied = { ...excluding(host, folder, [...excluded, ...left]), whole };
    expectPaths(context, host);
    const sets = await setsOfPaths({ paths, allowed, namespace, root, siblings: context }, applied);
    const sources = sets.flatMap(set => set.sources);
    const unrendered = unrenderedAt(paths, sources, applied);
    expectManifests(paths, sets, unrendered, host);
    return run(sets, undefined, { excluded, unrendered });
  }
  const result = await readSpec(file, host, async spec =>
    andThen(await setsOfSpec(spec.spec, { file, allowed }, host), sets => ok(run(sets, spec))),
  );
  return typeof result === 'number'
    ? result
    : print(nothingRun(result, host), config, options, host);
}

type ShownRun = Omit<LintRun, 'used'> & Pick<LintReport, 'baseline' | 'notes' | 'textOf'>;

function staleUnits(sets: readonly ManifestSet[]): string[] {
  const names = sets.flatMap(({ unit, isStale }) => (isStale && unit ? [unit.name] : []));
  if (names.length === 0) return [];
  return [
    `the files of ${shortened(names).join(', ')} are not those of the spec: run \`rem-secrets expand\` first`,
  ];
}

function leftVariables({ spec }: ReadSpec): string[] {
  if (declaredIn(spec).length === 0) return [];
  const left = explainedVariables(spec).filter(({ values }) => values === undefined);
  const names = left.map(({ name }) => `\${${name}}`);
  const text = `no variables of the spec, and left as they are: ${shortened(names).join(', ')}`;
  return names.length === 0 ? [] : [text];
}

function nothingRun(findings: readonly Finding[], host: Host): ShownRun {
  const none = runSets([], { config: {}, strict: false }, () => undefined, host);
  return { ...none, findings, textOf: textsOn(host) };
}

function print(run: ShownRun, config: LintConfig, options: Options, host: Host): number {
  const failOn = options.failOn ?? config.failOn ?? 'error';
  const { findings, ...rest } = run;
  const causes = causesOf(sortBy(findings, ({ severity }) => severity));
  const { quiet = false, limit } = options;
  const isReported = ({ finding }: Cause): boolean => !quiet || finding.severity === 'error';
  const report: LintReport = {
    ...rest,
    causes,
    shownCauses: causes
      .filter(isReported)
      .slice(0, limit === undefined ? undefined : Number(limit)),
    isQuiet: quiet,
    failOn,
    rules: [...rules, unusedAcceptance],
  };
  printReport(lintFormats, options.format, report, host);
  return findings.some(finding => isFailure(finding, failOn)) ? exitCodes.findings : exitCodes.ok;
}
