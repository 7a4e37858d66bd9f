import type { PlacedObject } from '../kinds/kind.ts';
import type { ObjectSource } from './source.ts';

/** What is applied at once: by a deployment object, or by a person. */
export interface Unit {
  /** What it is called in its repository: in another revision the unit of this name is the same one. */
  readonly id: string;
  /** What is applied, from the root of its repository: a folder or a file. */
  readonly folder: string;
  /** What it begins with, where that is a file which nothing that was read applies. */
  readonly home?: { readonly id: string; readonly file: string };
  readonly sources: readonly ObjectSource[];
  /** What is in it though it cannot be built. */
  readonly raw: readonly ObjectSource[];
  /** The deployment object that has it applied. */
  readonly by?: PlacedObject;
  /** What that one is called, or the one that it makes of several: an Application of a set. */
  readonly as?: string;
  /** Tells what one of them has applied from what another has; those that a set makes are others. */
  readonly sync?: string;
  /** Units of one tree come of one beginning, which is on one cluster. */
  readonly tree: number;
  /** The cluster, where a deployment object says another than its own. */
  readonly cluster: string;
}

/** What stands for something that is not read. */
export const UNREAD = 'unread';

/** Whether a unit is something that is not read. */
export function isUnread({ id }: Unit): boolean {
  return id.startsWith(`${UNREAD} `);
}

/** Whether a deployment object has it applied. */
export function isDeployed({ by }: Unit): boolean {
  return by !== undefined;
}

/** Whether a unit is one of these, by their ids, or comes of one. */
export function comesOfAny(ids: ReadonlySet<string>): (unit: Unit) => boolean {
  return ({ id }) => {
    for (let end = id.length; end > 0; end = id.lastIndexOf(' ', end - 1))
      if (ids.has(id.slice(0, end))) return true;
    return false;
  };
}

/** Whether nothing of it is here: an empty folder is, and deletes what was in it. */
export function hasNoFolder({ sources }: Pick<Unit, 'sources'>): boolean {
  const isMissing = ({ unknowns = [] }: ObjectSource): boolean =>
    unknowns.some(({ isFolder }) => isFolder === true);
  return sources.length > 0 && sources.every(isMissing);
}

/** Gives each source, or tree, a number of its own. */
export type Numbers = () => number;
