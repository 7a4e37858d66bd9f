import type { LocalRelease } from '../../kinds/kind.ts';

/** The helm that makes charts, and what it is told of the cluster. */
export interface Helm {
  readonly path: string;
  /** Its own version: `3.22.0`. */
  readonly version: string;
  /** The version of Kubernetes that charts are made for. */
  readonly kubernetes: string;
  /** How many charts it was stopped at so far in this run. */
  readonly stopped: { count: number };
}

/** A chart that is to be made, in a folder of a repository. */
export interface ChartToMake {
  /** Its folder, without links. */
  readonly folder: string;
  /** What its files may not be outside of. */
  readonly root: string;
  readonly release: LocalRelease;
  readonly helm: Helm;
}
