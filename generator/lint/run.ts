import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, sum } from '../core/json.ts';
import { onceFor, oncePer } from '../core/once.ts';
import { madeElsewhere, type OtherCluster } from '../graph/doubts.ts';
import { graphOf } from '../graph/graph.ts';
import { ownKustomization } from '../kinds/flux/kustomization.ts';
import { displayKind, objectIdentity, type PlacedObject } from '../kinds/kind.ts';
import { writtenAt } from '../kinds/kinds.ts';
import { products, type Versions } from '../kinds/products.ts';
import { isTopOfFile } from '../report/causes.ts';
import { wrongUsage } from '../shell/flags.ts';
import { type ManifestSet, objectsOf, touchedSources } from '../world/object-set.ts';
import { type FieldPlace, locateFaults, shownField } from '../world/places.ts';
import { buildNotes, type ObjectSource, slowIn } from '../world/source.ts';
import { acceptsSome, type Entry } from './accept.ts';
import { type Basis, type LintResult, lintParts } from './check.ts';
import { type LintConfig, outsideOf } from './config.ts';
import type { LintReport, Unrendered } from './report.ts';
import { doubtsOf, madeBy, NOTHING_UNRENDERED } from './report.ts';
import type { ObjectFault } from './rule.ts';

export interface LintRun
  extends Pick<
    LintReport,
    'objects' | 'reads' | 'coverage' | 'accepted' | 'unjudged' | 'versions'
  > {
  readonly findings: readonly Finding[];
  readonly used: LintResult['used'];
}

export interface LintOptions {
  readonly config: LintConfig;
  readonly strict: boolean;
  readonly excluded?: readonly string[];
  readonly unrendered?: Unrendered;
}

/** Lints every set. A finding that several sets have is given once. */
export function runSets(
  sets: readonly ManifestSet[],
  { config, strict, excluded = [], unrendered = NOTHING_UNRENDERED }: LintOptions,
  placeOf: FieldPlace,
  basis: Basis,
): LintRun {
  const results = setResults(sets, config, basis);
  const sources = sets.flatMap(touchedSources);
  const { isSelected, mayShow, withContext } = sourcesIn(sets, placeOf);
  const isShown = (fault: ObjectFault): boolean =>
    isSelected(fault.object.file, () =>
      mayShow(writtenAt(fault.object, fault.path).object)
        ? shownField(fault, placeOf).at
        : undefined,
    );
  const selectedOf = (findingsOf: (source: ObjectSource) => readonly Finding[]): Finding[] =>
    sources.flatMap(each => findingsOf(each).filter(({ at }) => isSelected(each.number, () => at)));
  const unread = unique(selectedOf(source => source.unread ?? []));
  const used = new Set(results.flatMap(result => [...result.used]));
  const found = results.flatMap(({ open, unused }) => [
    ...open,
    // An annotation of a base is used if it accepts something in any of the overlays.
    ...[...unused].filter(([id]) => !used.has(id)).map(([, fault]) => fault),
  ]);
  const doubted = results.flatMap(({ doubts }) => doubts).filter(isShown);
  const shown = [...found.filter(isShown), ...(strict ? doubted.map(asWarning) : [])];
  const located = locateFaults(shown, placeOf).map((finding, index) =>
    withContext(finding, shown[index]?.object.file ?? -1),
  );
  const objects = sources.flatMap(source => (source.isNoObject ? [] : source.objects));
  const { reads, workloads } = readsOf(objects, results);
  return {
    findings: unique([...selectedOf(hintedFindings), ...unread, ...located]),
    objects: objects.length,
    reads,
    coverage: { ...coverageOf(sets, sources), excluded },
    accepted: sum(results.map(({ accepted }) => accepted)),
    unjudged: {
      files: sources.filter(({ findings }) => findings.length > 0).length,
      documents: sum(sources.map(({ otherDocuments }) => otherDocuments)),
      lists: sum(sources.map(({ lists = 0 }) => lists)),
      scaffolds: sources.filter(({ scaffold }) => scaffold !== undefined).length,
      names: sum(results.map(({ unresolved }) => unresolved)),
      unread: unread.length,
      absences: doubted.length,
      reads: doubted.filter(({ id }) => READ_RULES.has(id)).length,
      workloads,
      ...unrendered,
      unlisted: sum(sets.map(({ units }) => units?.unlisted ?? 0)),
      doubts: doubtsOf(doubted),
    },
    used,
    versions: versionsOf(results.map(({ versions }) => versions)),
  };
}

const READ_RULES = new Set(['unknown-secret', 'missing-optional']);

function coverageOf(sets: readonly ManifestSet[], sources: readonly ObjectSource[]) {
  const made = sources.filter(({ helm }) => helm !== undefined);
  const inBuilds = sources.flatMap(({ madeCharts }) => madeCharts ?? []);
  const [helm] = [...made, ...inBuilds].flatMap(source => source.helm ?? []);
  const charts = new Set(
    made.map(({ name, sync, by }) => JSON.stringify([name, sync, by?.file, by?.path])),
  );
  return {
    units: sum(sets.map(({ units }) => units?.all ?? 1)),
    applied: sum(sets.map(({ units }) => units?.applied ?? 0)),
    charts: charts.size + sum(inBuilds.map(({ count }) => count)),
    ...(helm !== undefined && { helm }),
    releases: sources.flatMap(({ objects }) => objects).filter(hasValues).length,
    slow: slowIn(sources),
    builds: buildNotes(sources),
  };
}

function readsOf(objects: readonly PlacedObject[], results: readonly LintResult[]) {
  // Sets of one cluster have one graph.
  const reads = new Map([...new Set(results.map(result => result.reads))].flatMap(all => [...all]));
  const counts = objects.flatMap(object => reads.get(object) ?? []);
  return { reads: sum(counts), workloads: counts.filter(count => count === 0).length };
}

/** The versions that sets were checked for, each once: `CloudNativePG 1.30`. */
function versionsOf(all: readonly Versions[]): string[] {
  const texts = all.flatMap(versions =>
    products.flatMap(({ name, called }) =>
      versions[name] === undefined ? [] : [`${called} ${versions[name].name}`],
    ),
  );
  return [...new Set(texts)].sort();
}

function hasValues(object: PlacedObject): boolean {
  // The Kustomization that applies the root of Flux is made by Flux, not by values.
  if (ownKustomization(object) !== undefined) return false;
  const brought = object.knownKind?.applies?.objects?.(object, () => undefined) ?? [];
  return brought.length > 0;
}

function asWarning({ message: claim, doubt = '', ...fault }: ObjectFault): ObjectFault {
  const message = `${claim}, as far as was read: ${madeBy(doubt)}`;
  return { ...fault, severity: 'warning', message };
}

/** Refuses paths with nothing to read: the path is wrong, or the program that pipes manifests to us printed none. */
export function expectManifests(
  paths: readonly string[],
  sets: readonly ManifestSet[],
  { charts }: Unrendered,
  host: Host,
): void {
  const isNamed = paths.some(path => path !== '-' && !host.isFolder(path));
  if (sets.flatMap(touchedSources).some(source => hasSomething(source, isNamed))) return;
  const places = paths.map(path => (path === '-' ? 'stdin' : path)).join(', ');
  const more =
    charts === 0
      ? ''
      : ', only Helm charts: --helm reads them, and so does `helm template . | rem-secrets lint -`';
  wrongUsage(`nothing to read at ${places}: no manifest, and no kustomization${more}`);
}

function hasSomething(source: ObjectSource, isNamed: boolean): boolean {
  const { isBuilt, objects, findings, unread = [], file, text = '', otherDocuments } = source;
  const isSaid = text.trim() !== '' && (isNamed || file === 'stdin' || otherDocuments === 0);
  return isBuilt || isSaid || objects.length + findings.length + unread.length > 0;
}

/** The result of each set. Sets of one cluster are checked together, once. */
export function setResults(
  sets: readonly ManifestSet[],
  config: LintConfig,
  basis: Basis,
): LintResult[] {
  const results = new Map<ManifestSet, LintResult>();
  for (const group of groupBy(sets, set =>
    set.cluster === undefined ? set : JSON.stringify([set.cluster, set.unit?.versions]),
  ).values()) {
    const whole = together(group);
    const isOne = group.length === 1 || hasDistinctObjects(whole);
    const resultOf = isOne ? checked(whole, config, basis) : undefined;
    for (const set of group) results.set(set, (resultOf ?? checked(set, config, basis))(set));
  }
  return sets.flatMap(set => results.get(set) ?? []);
}

function together([first, ...others]: readonly [ManifestSet, ...ManifestSet[]]): ManifestSet {
  if (others.length === 0) return first;
  const sources = [first, ...others].flatMap(set => set.sources);
  const inSets = new Set(sources);
  return { ...first, sources, context: first.context.filter(source => !inSets.has(source)) };
}

/** Whether no two sources have the same object: otherwise each set is checked alone, with its own form of it. */
function hasDistinctObjects({ sources, context }: ManifestSet): boolean {
  const objects = [...sources, ...context].flatMap(source => source.objects);
  return new Set(objects.map(objectIdentity)).size === objects.length;
}

function checked(whole: ManifestSet, config: LintConfig, basis: Basis) {
  const objects = objectsOf(whole);
  const elsewhere = onceFor(() => madeElsewhere((whole.apart?.() ?? []).map(otherCluster)));
  const outside = {
    ...outsideOf(config, objects.outside),
    elsewhere: (namespace: string, secret: string) => elsewhere()(namespace, secret),
  };
  const versions = { ...whole.unit?.versions, ...basis.versions };
  const accept = config.accept ?? [];
  const isAsked = whole.mayShow && askedBy(whole.mayShow, accept);
  const resultOf = lintParts({ ...objects, outside }, accept, { ...basis, versions }, isAsked);
  return (set: ManifestSet): LintResult => resultOf(set.sources.flatMap(({ objects }) => objects));
}

/** Of what is not shown, only what may be accepted counts. */
function askedBy(mayShow: (file: number) => boolean, accept: readonly Entry[]) {
  const mayAccept = acceptsSome(accept);
  return oncePer(
    (object: PlacedObject): boolean =>
      mayShow(object.file) || object.written !== undefined || mayAccept(object),
  );
}

const otherCluster = oncePer((set: ManifestSet): OtherCluster => {
  const appliers = new Map(set.sources.map(({ number, by }) => [number, by]));
  return { graph: graphOf(objectsOf(set)), applierOf: file => appliers.get(file) };
});

/** Which places are selected; and notes which overlay or applier a finding is of, as a file may be wrong in just one. */
function sourcesIn(sets: readonly ManifestSet[], placeOf: FieldPlace) {
  const byNumber = new Map(
    sets.flatMap(set => set.sources.map(source => [source.number, { set, source }] as const)),
  );
  return {
    mayShow: ({ file }: PlacedObject): boolean => sets.every(set => set.mayShow?.(file) ?? true),
    isSelected: (number: number, placeOf: () => Finding['at']): boolean => {
      const found = byNumber.get(number);
      return found?.set.isShown?.(found.source, placeOf) ?? true;
    },
    withContext: (finding: Finding, number: number): Finding => {
      const { set, source } = byNumber.get(number) ?? {};
      // Findings about what a spec made point into the spec, so they need no such note.
      const root = set?.unit === undefined && source?.isBuilt ? rootOf(finding, source) : [];
      const applier = sets.length > 1 ? applierOf(source?.by, placeOf) : [];
      return { ...finding, related: [...(finding.related ?? []), ...root, ...applier] };
    },
  };
}

function rootOf({ at }: Finding, { file, name, laid }: ObjectSource) {
  if (at === undefined || at.file === file || laid?.isOverFile === false) return [];
  return [{ note: `as built in ${name}`, at: { file, line: 1, column: 1 } }];
}

function applierOf(applier: PlacedObject | undefined, placeOf: FieldPlace) {
  const at = applier && placeOf(applier, ['metadata', 'name']);
  if (applier === undefined || at === undefined) return [];
  return [{ note: `the ${displayKind(applier)} "${applier.name}" applies it`, at }];
}

function hintedFindings({ findings, text = '' }: ObjectSource): readonly Finding[] {
  if (!text.includes('{{')) return findings;
  const hint =
    'This is a template: lint what it makes, as in `helm template . | rem-secrets lint -`.';
  return findings.map(finding => ({ ...finding, hint }));
}

function unique(findings: readonly Finding[]): Finding[] {
  const groups = groupBy(findings, ({ rule, message, field, at, object }) => {
    // At the top of a file there may be findings about several objects.
    const place = at === undefined || isTopOfFile(at) ? [at, object] : at;
    return JSON.stringify([rule, message, field, place]);
  });
  return [...groups.values()].map(group => group.reduce(withRelated)).sort(byPlace);
}

function withRelated(finding: Finding, { related: more = [] }: Finding): Finding {
  const { related = [] } = finding;
  const keyOf = ({ note, at }: (typeof more)[number]): string => JSON.stringify([note, at]);
  const keys = new Set(related.map(keyOf));
  return { ...finding, related: [...related, ...more.filter(place => !keys.has(keyOf(place)))] };
}

function byPlace({ at: a }: Finding, { at: b }: Finding): number {
  const file = a?.file === b?.file ? 0 : (a?.file ?? '') < (b?.file ?? '') ? -1 : 1;
  return file || (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
