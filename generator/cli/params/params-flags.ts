import type { Allowed } from '../../read/kustomize/allowed.ts';
import type { CommonOptions } from '../command.ts';

/** Which manifests are meant. */
export interface WantedFlags extends Allowed {
  readonly paths: readonly string[];
  readonly environment?: string;
  /** The namespace of objects that name none. */
  readonly namespace: string;
}

/** A part of `params`, with its flags. */
export type ParamsFlags =
  | ({ readonly part: 'list' } & WantedFlags)
  | ({ readonly part: 'inventory' } & WantedFlags);

export type Wanted = WantedFlags & CommonOptions;
