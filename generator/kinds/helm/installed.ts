import type { Path } from '../../ground/finding.ts';

/** What tells one release of Helm from another: what is installed under another name is another. */
export interface Installed {
  /** What the object calls it, the same on both sides of a change. */
  readonly id: string;
  readonly parts: readonly InstalledPart[];
}

/** A part of the name of a release, with the field that it comes from. */
export interface InstalledPart {
  readonly what: 'release name' | 'namespace' | 'storage namespace' | 'chart';
  /** Undefined: not told here. */
  readonly value: string | undefined;
  readonly path: Path;
}
