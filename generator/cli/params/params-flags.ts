import type { Allowed } from '../../read/kustomize/allowed.ts';
import type { CommonOptions } from '../command.ts';

/** Which manifests are meant. */
export interface WantedFlags extends Allowed {
  readonly paths: readonly string[];
  readonly environment?: string;
  /** The namespace of objects that name none. */
  readonly namespace: string;
}

/** With whose credentials AWS is asked, and for what. */
export interface CheckFlags extends WantedFlags {
  readonly profile?: string;
  /** Values are received, and facts about them told. */
  readonly isReading?: boolean;
}

/** A part of `params`, with its flags. */
export type ParamsFlags =
  | ({ readonly part: 'list' } & WantedFlags)
  | ({ readonly part: 'inventory' } & WantedFlags)
  | ({ readonly part: 'check' } & CheckFlags);

export type Wanted = WantedFlags & CommonOptions;
export type CheckOptions = CheckFlags & CommonOptions;
