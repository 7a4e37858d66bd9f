import type { Finding } from '../../ground/finding.ts';
import { sum } from '../../ground/sum.ts';
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
import { deployersIn, withDeployer } from './applied-by.ts';
import { setResults } from './set-results.ts';

/** What linting all sets gave. */
export interface LintRun
  extends Pick<LintReport, 'findings' | 'objects' | 'seen' | 'accepted' | 'unjudged' | 'versions'> {
  /** The acceptances that accept something. */
  readonly used: LintResult['used'];
}

export interface RunOptions {
  readonly config: LintConfig;
  /** What is not known is a warning. */
  readonly strict: boolean;
}

/** Lints every set; what is the same in several comes once. */
export function runSets(
  sets: readonly ManifestSet[],
  { config, strict }: RunOptions,
  placeOf: FieldPlace,
  held: Held,
): LintRun {
  const results = setResults(sets, config, held);
  const sources = sets.flatMap(ownSources);
  const roots = builtSources(sets);
  const deployers = deployersIn(sets);
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
    return [withDeployer(withRoot(finding, roots.get(number)), deployers.get(number), placeOf)];
  });
  return {
    findings: unique([...broken, ...unread, ...located]),
    objects: sum(sources.map(({ objects, isNoObject }) => (isNoObject ? 0 : objects.length))),
    seen: {
      units: sum(sets.map(({ units }) => units?.all ?? 1)),
      applied: sum(sets.map(({ units }) => units?.applied ?? 0)),
      ...chartsOf(sources),
      releases: sources.flatMap(({ objects }) => objects).filter(hasValues).length,
      excluded: [...(config.exclude ?? [])].sort(),
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
  return (object.known?.brings?.(object, () => undefined) ?? []).length > 0;
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
export function ownSources({ sources, isTouched }: ManifestSet): ObjectSource[] {
  return sources.filter(source => isTouched?.(source) ?? true);
}

/** Whether something at a place of a source is what a user asked for. */
function shownBy(sets: readonly ManifestSet[]): (number: number, at: Finding['at']) => boolean {
  const tests = new Map(
    sets.flatMap(({ sources, isShown }) =>
      sources.map(source => [source.number, (at: Finding['at']) => isShown?.(source, at) ?? true]),
    ),
  );
  return (number, at) => tests.get(number)?.(at) ?? true;
}

/** What kustomize built, by number, but for what a spec made: its findings stand in the spec. */
function builtSources(sets: readonly ManifestSet[]): Map<number, ObjectSource> {
  const foreign = sets.flatMap(({ unit, sources }) => (unit === undefined ? sources : []));
  return new Map(foreign.filter(({ isBuilt }) => isBuilt).map(source => [source.number, source]));
}

/** A file of a base is right in one overlay and wrong in another: which, its finding says beside it. */
function withRoot(finding: Finding, root: ObjectSource | undefined): Finding {
  const { at, related = [] } = finding;
  if (root === undefined || at === undefined || at.file === root.file) return finding;
  const place = { file: root.file, line: 1, column: 1 };
  return { ...finding, related: [...related, { note: `as built in ${root.name}`, at: place }] };
}

/** A template of Helm is no YAML: what it makes is. */
function helped({ findings, text = '' }: ObjectSource): readonly Finding[] {
  if (!text.includes('{{')) return findings;
  const hint =
    'This is a template: lint what it makes, as in `helm template . | rem-secrets lint -`.';
  return findings.map(finding => ({ ...finding, hint }));
}

function unique(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    const { rule, message, field, at, object } = finding;
    const place = at === undefined || isTop(at) ? [at, object] : at;
    const key = JSON.stringify([rule, message, field, place]);
    const known = seen.get(key);
    seen.set(key, known === undefined ? finding : both(known, finding));
  }
  return [...seen.values()].sort(byPlace);
}

/** What stands nowhere in a file that builds others is said of each object. */
function isTop({ line, column }: NonNullable<Finding['at']>): boolean {
  return line === 1 && column === 1;
}

/** One finding of several overlays, with the places beside it of each. */
function both(known: Finding, { related = [] }: Finding): Finding {
  const keyOf = ({ note, at }: (typeof related)[number]): string => JSON.stringify([note, at]);
  const said = new Set((known.related ?? []).map(keyOf));
  const more = related.filter(place => !said.has(keyOf(place)));
  return more.length === 0 ? known : { ...known, related: [...(known.related ?? []), ...more] };
}

function byPlace({ at: a }: Finding, { at: b }: Finding): number {
  const file = a?.file === b?.file ? 0 : (a?.file ?? '') < (b?.file ?? '') ? -1 : 1;
  return file || (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
