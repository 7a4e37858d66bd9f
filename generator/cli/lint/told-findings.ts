import type { Finding } from '../../ground/finding.ts';
import { calledOf, type PlacedObject } from '../../kinds/kind.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';

/** Whether something at a place of a source is what a user asked for. */
export function shownBy(
  sets: readonly ManifestSet[],
): (number: number, at: Finding['at']) => boolean {
  const tests = new Map(
    sets.flatMap(({ sources, isShown }) =>
      sources.map(source => [source.number, (at: Finding['at']) => isShown?.(source, at) ?? true]),
    ),
  );
  return (number, at) => tests.get(number)?.(at) ?? true;
}

/** Puts beside a finding of a source what built that, and what applies it. */
export function besideIn(
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
  const note = `the ${calledOf(by)} "${by.name}" applies it`;
  return { ...finding, related: [...(finding.related ?? []), { note, at }] };
}

/** A template of Helm is no YAML: what it makes is. */
export function helped({ findings, text = '' }: ObjectSource): readonly Finding[] {
  if (!text.includes('{{')) return findings;
  const hint =
    'This is a template: lint what it makes, as in `helm template . | rem-secrets lint -`.';
  return findings.map(finding => ({ ...finding, hint }));
}

/** Each once, in the order of their places; of several overlays one, with what stands beside it in each. */
export function unique(findings: readonly Finding[]): Finding[] {
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
