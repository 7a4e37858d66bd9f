import type { ChartPlace } from '../deployment-ends.ts';
import type { Item, LocalRelease } from '../kind.ts';
import type { Release } from './release.ts';

/** Those releases whose charts lie in repositories. */
export function localReleases(releases: readonly Release[]): LocalRelease[] {
  return releases.flatMap(release =>
    release.local === undefined ? [] : [{ ...release, local: release.local }],
  );
}

/** The releases of an object of which Helm has not made the objects: only their values are known. */
export function unrendered<T extends Release>(item: Item, releases: readonly T[]): T[] {
  const { rendered } = item;
  if (rendered === undefined || rendered.size === 0) return [...releases];
  return releases.filter(({ local }) => !local || !rendered.has(renderedKey(local)));
}

/** Tells what one object has applied from what else it has. */
export function renderedKey({ at, name }: Pick<ChartPlace, 'at' | 'name'>): string {
  return JSON.stringify([at, name]);
}
