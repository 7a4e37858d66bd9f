import type { Finding } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { sum } from '../../ground/sum.ts';
import { ownKustomization } from '../../kinds/flux/flux-instance.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { writtenAt } from '../../kinds/placed-object.ts';
import { products, type Versions } from '../../kinds/products.ts';
import type { RuleFinding } from '../../lint/check-graph.ts';
import type { LintConfig } from '../../lint/lint-config.ts';
import type { Held, LintResult } from '../../lint/lint-set.ts';
import { locateFindings } from '../../lint/locate-findings.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';
import { doubtsOf, type LintReport, madeBy } from '../../report/lint/report.ts';
import { wrongUsage } from '../usage.ts';
import { setResults } from './set-results.ts';
import { besideIn, helped, shownBy, unique } from './told-findings.ts';

/** What linting all sets gave. */
export interface LintRun
  extends Pick<LintReport, 'findings' | 'objects' | 'seen' | 'accepted' | 'unjudged' | 'versions'> {
  /** The acceptances that accept something. */
  readonly used: LintResult['used'];
}

export interface LintOptions {
  readonly config: LintConfig;
  /** What is not known is a warning. */
  readonly strict: boolean;
  /** What nobody applies, left out of the folders that are read. */
  readonly excluded?: readonly string[];
}

/** Lints every set; what is the same in several comes once. */
export function runSets(
  sets: readonly ManifestSet[],
  { config, strict, excluded = [] }: LintOptions,
  placeOf: FieldPlace,
  held: Held,
): LintRun {
  const results = setResults(sets, config, held);
  const sources = sets.flatMap(ownSources);
  const withBeside = besideIn(sets, placeOf);
  const isShown = shownBy(sets);
  const broken = sources.flatMap(source =>
    helped(source).filter(({ at }) => isShown(source.number, at)),
  );
  const unread = unique(
    sources.flatMap(source => (source.unread ?? []).filter(({ at }) => isShown(source.number, at))),
  );
  const used = new Set(results.flatMap(result => [...result.used]));
  const found = results.flatMap(({ open, unused }) => [
    ...open,
    // What accepts something in one overlay of a base is of use.
    ...[...unused].filter(([id]) => !used.has(id)).map(([, finding]) => finding),
  ]);
  const doubted = results
    .flatMap(({ doubts }) => doubts)
    .filter(finding => isShown(finding.object.file, placeAt(finding, placeOf)));
  const shown = strict ? [...found, ...doubted.map(strictly)] : found;
  const located = locateFindings(shown, placeOf).flatMap((finding, index) => {
    const number = shown[index]?.object.file ?? -1;
    if (!isShown(number, finding.at)) return [];
    return [withBeside(finding, number)];
  });
  return {
    findings: unique([...broken, ...unread, ...located]),
    objects: sum(sources.map(({ objects, isNoObject }) => (isNoObject ? 0 : objects.length))),
    seen: {
      units: sum(sets.map(({ units }) => units?.all ?? 1)),
      applied: sum(sets.map(({ units }) => units?.applied ?? 0)),
      ...chartsOf(sources),
      releases: sources.flatMap(({ objects }) => objects).filter(hasValues).length,
      excluded,
    },
    accepted: sum(results.map(({ accepted }) => accepted)),
    unjudged: {
      files: sources.filter(({ findings }) => findings.length > 0).length,
      documents: sum(sources.map(({ strangers }) => strangers)),
      lists: sum(sources.map(({ lists = 0 }) => lists)),
      names: sum(results.map(({ unresolved }) => unresolved)),
      unread: unread.length,
      absences: doubted.length,
      doubts: doubtsOf(doubted),
    },
    used,
    versions: versionsOf(results.map(({ versions }) => versions)),
  };
}

/** The charts that Helm made, each a unit of several templates. */
function chartsOf(sources: readonly ObjectSource[]): Pick<LintReport['seen'], 'charts' | 'helm'> {
  const made = sources.filter(({ helm }) => helm !== undefined);
  const inBuilds = sources.flatMap(({ madeCharts }) => madeCharts ?? []);
  const [helm] = [...made, ...inBuilds].flatMap(source => source.helm ?? []);
  const built = sum(inBuilds.map(({ count }) => count));
  const charts = new Set(
    made.map(({ name, sync, by }) => JSON.stringify([name, sync, by?.file, by?.path])),
  );
  return { charts: charts.size + built, ...(helm !== undefined && { helm }) };
}

/** The versions that sets were held by, each once: `CloudNativePG 1.30`. */
function versionsOf(all: readonly Versions[]): string[] {
  const texts = all.flatMap(versions =>
    products.flatMap(({ name, called }) =>
      versions[name] === undefined ? [] : [`${called} ${versions[name].name}`],
    ),
  );
  return [...new Set(texts)].sort();
}

/** Whether Helm makes something for an object, of values that were read. */
function hasValues(object: PlacedObject): boolean {
  // Flux itself brings what applies its root.
  const isRoot = ownKustomization(object) !== undefined;
  return !isRoot && (object.known?.brings?.(object, () => undefined) ?? []).length > 0;
}

function placeAt({ object, path }: RuleFinding, placeOf: FieldPlace): Finding['at'] {
  const written = writtenAt(object, path);
  return placeOf(written.object, written.path);
}

/** What is not known, as a warning. */
function strictly({ rule, message, doubt = '', ...fault }: RuleFinding): RuleFinding {
  return {
    ...fault,
    rule: { ...rule, severity: 'warning' },
    message: `${message}, as far as was read: ${madeBy(doubt)}`,
  };
}

/** The sources of a set that a user asked for, whole or in part. */
function ownSources({ sources, isTouched }: ManifestSet): ObjectSource[] {
  return sources.filter(source => isTouched?.(source) ?? true);
}

/**
 * Of paths with nothing to read it cannot be said that nothing is wrong there: the path is, or what
 * was to print manifests did not, into a file too. One of comments is read, and so is what is named and
 * another program's: the summary says of it that it is no object.
 */
export function expectManifests(
  paths: readonly string[],
  sets: readonly ManifestSet[],
  host: Host,
): void {
  const isFile = (path: string): boolean => path !== '-' && !host.isFolder(path);
  const isNamed = paths.some(isFile);
  if (sets.flatMap(ownSources).some(source => hasSomething(source, isNamed))) return;
  const places = paths.map(path => (path === '-' ? 'stdin' : path)).join(', ');
  wrongUsage(`nothing to read at ${places}: no manifest, and no kustomization`);
}

function hasSomething(source: ObjectSource, isNamed: boolean): boolean {
  const { isBuilt, objects, findings, unread = [], file, text = '', strangers } = source;
  const isSaid = text.trim() !== '' && (isNamed || file === 'stdin' || strangers === 0);
  return isBuilt || isSaid || objects.length + findings.length + unread.length > 0;
}
