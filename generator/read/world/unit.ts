import type { Item } from '../../kinds/kind.ts';
import type { ObjectSource } from '../sets/parse-source.ts';

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
  readonly by?: Item;
  /** Units of one tree come of one beginning, which is on one cluster. */
  readonly tree: number;
  /** The cluster, where a deployment object says another than its own. */
  readonly cluster: string;
}

/** Gives each source, or tree, a number of its own. */
export type Numbers = () => number;
