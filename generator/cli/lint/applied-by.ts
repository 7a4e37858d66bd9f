import type { Finding } from '../../ground/finding.ts';
import { calledOf, type PlacedObject } from '../../kinds/kind.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';

/** What applies each source, by its number, where there are several clusters to tell apart. */
export function deployersIn(sets: readonly ManifestSet[]): Map<number, PlacedObject> {
  const sources = sets.length > 1 ? sets.flatMap(set => set.sources) : [];
  return new Map(
    sources.flatMap(({ number, by }) => (by === undefined ? [] : [[number, by] as const])),
  );
}

/** A file is right on one cluster and wrong on another: what applies it there stands beside a finding. */
export function withDeployer(
  finding: Finding,
  by: PlacedObject | undefined,
  placeOf: FieldPlace,
): Finding {
  const at = by && placeOf(by, ['metadata', 'name']);
  if (by === undefined || at === undefined) return finding;
  const note = `the ${calledOf(by)} "${by.name}" applies it`;
  return { ...finding, related: [...(finding.related ?? []), { note, at }] };
}
