import type { Allowed } from './allowed.ts';

/** A kustomization to build. */
export interface Buildable {
  readonly folder: string;
  /** The file that findings about the whole point at. */
  readonly file: string;
  /** What it may not leave. */
  readonly root: string;
  readonly allowed: Allowed;
  /** Its files may be anywhere below the root, as its deployer has kustomize not mind. */
  readonly isUnrestricted?: boolean;
  /** Its own text as a person has it, where its deployer lays more over it. */
  readonly written?: string;
}
