import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, sum } from '../core/json.ts';
import { onceFor } from '../core/once.ts';
import { madeElsewhere, type OtherCluster } from '../graph/doubts.ts';
import { graphOf, objectIdentity } from '../graph/graph.ts';
import { ownKustomization } from '../kinds/flux/artifact-generator.ts';
import { displayKind, type PlacedObject } from '../kinds/kind.ts';
import { writtenAt } from '../kinds/placed-object.ts';
import { products, type Versions } from '../kinds/products.ts';
import { wrongUsage } from '../shell/command.ts';
import { type ManifestSet, objectsOf } from '../world/object-set.ts';
import type { FieldPlace } from '../world/places.ts';
import type { ObjectSource } from '../world/source.ts';
import { type Held, type LintResult, lintParts, locateFindings } from './check.ts';
import type { RuleFinding } from './check-graph.ts';
import { type LintConfig, outsideOf } from './config.ts';
import { doubtsOf, type LintReport, madeBy } from './report.ts';

/** What linting all sets gave. */
export interface LintRun
  extends Pick<LintReport, 'findings' | 'objects' | 'seen' | 'accepted' | 'unjudged' | 'versions'> {
  /** The acceptances that accept something. */
  readonly used: LintResult['used'];
}

interface LintOptions {
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
  return !isRoot && (object.known?.applies?.objects?.(object, () => undefined) ?? []).length > 0;
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

/**
 * What linting sets gives, one by one. Sets of one cluster are looked at as one: each of hundreds of
 * environments amid all the others would be the same as many times.
 */
export function setResults(
  sets: readonly ManifestSet[],
  config: LintConfig,
  held: Held,
): LintResult[] {
  const results = new Map(
    [...groupBy(sets, worldOf).values()].flatMap(group => [...groupResults(group, config, held)]),
  );
  return sets.flatMap(set => results.get(set) ?? []);
}

/** What sets of one world have in common: what is outside, and the versions that are told. */
function worldOf(set: ManifestSet): ManifestSet | string {
  return set.cluster === undefined ? set : JSON.stringify([set.cluster, set.unit?.versions]);
}

function groupResults(
  [first, ...others]: readonly ManifestSet[],
  config: LintConfig,
  held: Held,
): Map<ManifestSet, LintResult> {
  if (first === undefined) return new Map();
  const whole = together(first, others);
  if (others.length > 0 && !isOneWorld(whole))
    return new Map([first, ...others].flatMap(set => [...resultsIn(set, [set], config, held)]));
  return resultsIn(whole, [first, ...others], config, held);
}

/** Sets of one world as one. */
function together(first: ManifestSet, others: readonly ManifestSet[]): ManifestSet {
  if (others.length === 0) return first;
  const sources = [first, ...others].flatMap(set => [...set.sources]);
  const own = new Set(sources);
  return { ...first, sources, context: first.context.filter(source => !own.has(source)) };
}

/** Whether no object is another form of another: of each set its own would come first. */
function isOneWorld({ sources, context }: ManifestSet): boolean {
  const objects = [...sources, ...context].flatMap(source => [...source.objects]);
  return new Set(objects.map(objectIdentity)).size === objects.length;
}

/** Lints sets amid what there is with them. */
function resultsIn(
  whole: ManifestSet,
  sets: readonly ManifestSet[],
  config: LintConfig,
  held: Held,
): Map<ManifestSet, LintResult> {
  const objects = objectsOf(whole);
  const elsewhere = onceFor(() => madeElsewhere((whole.apart?.() ?? []).map(otherCluster)));
  const outside = {
    ...outsideOf(config, objects.outside),
    elsewhere: (namespace: string, secret: string) => elsewhere()(namespace, secret),
  };
  const versions = { ...whole.unit?.versions, ...held.versions };
  const resultOf = lintParts({ ...objects, outside }, config.accept ?? [], { ...held, versions });
  return new Map(
    sets.map(set => [set, resultOf(set.sources.flatMap(({ objects }) => [...objects]))]),
  );
}

function otherCluster(set: ManifestSet): OtherCluster {
  const deployers = new Map(set.sources.map(({ number, by }) => [number, by]));
  return { graph: graphOf(objectsOf(set)), deployerOf: file => deployers.get(file) };
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

/** Puts beside a finding of a source what built that, and what applies it. */
function besideIn(
  sets: readonly ManifestSet[],
  placeOf: FieldPlace,
): (finding: Finding, number: number) => Finding {
  const [roots, deployers] = [builtSources(sets), deployersIn(sets)];
  return (finding, number) =>
    withDeployer(withRoot(finding, roots.get(number)), deployers.get(number), placeOf);
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

/** What applies each source, by its number, where there are several clusters to tell apart. */
function deployersIn(sets: readonly ManifestSet[]): Map<number, PlacedObject> {
  const sources = sets.length > 1 ? sets.flatMap(set => set.sources) : [];
  return new Map(
    sources.flatMap(({ number, by }) => (by === undefined ? [] : [[number, by] as const])),
  );
}

/** A file is right on one cluster and wrong on another: what applies it there stands beside a finding. */
function withDeployer(
  finding: Finding,
  by: PlacedObject | undefined,
  placeOf: FieldPlace,
): Finding {
  const at = by && placeOf(by, ['metadata', 'name']);
  if (by === undefined || at === undefined) return finding;
  const note = `the ${displayKind(by)} "${by.name}" applies it`;
  return { ...finding, related: [...(finding.related ?? []), { note, at }] };
}

/** A template of Helm is no YAML: what it makes is. */
function helped({ findings, text = '' }: ObjectSource): readonly Finding[] {
  if (!text.includes('{{')) return findings;
  const hint =
    'This is a template: lint what it makes, as in `helm template . | rem-secrets lint -`.';
  return findings.map(finding => ({ ...finding, hint }));
}

/** Each once, in the order of their places; of several overlays one, with what stands beside it in each. */
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
