import type { LocalRelease } from '../../kinds/kind.ts';
import type { Helm } from './helm.ts';

/** A chart that is to be made, in a folder of a repository. */
export interface ChartToMake {
  /** Its folder, without links. */
  readonly folder: string;
  /** What its files may not be outside of. */
  readonly root: string;
  readonly release: LocalRelease;
  readonly helm: Helm;
}
