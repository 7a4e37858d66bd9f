import type { CommonOptions } from '../shell/command.ts';
import type { ManifestFlags } from '../shell/flags.ts';
import type { Allowed } from '../world/programs.ts';
import type { SourceFlags } from './write-value.ts';

/** With whose credentials AWS is asked, and for what. */
export interface CheckFlags extends ManifestFlags {
  readonly profile?: string;
  /** Values are received, and facts about them told. */
  readonly isReading?: boolean;
}

interface InventoryFlags extends CheckFlags {
  /** What is there is listed, not what is wanted. */
  readonly isOfAws?: boolean;
}

/** How a value is written. */
export interface WriteFlags extends SourceFlags {
  readonly profile?: string;
  /** The value itself, where it was asked for already. */
  readonly given?: string;
  /** The key that encrypts it, before what the spec says. */
  readonly key?: string;
  /** A parameter of more than 4 KB. */
  readonly advanced?: boolean;
  readonly keepNewline?: boolean;
  /** A parameter of another type is deleted first. */
  readonly replace?: boolean;
  /** What is there is written over unasked. */
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export interface PutFlags extends ManifestFlags, WriteFlags {
  readonly name: string;
}

/** Environments of the spec, and how values are written. */
interface CopyFlags extends WriteFlags, Allowed {
  readonly source: string;
  readonly target: string;
}

/** A part of `params`, with its flags. */
export type ParamsFlags =
  | ({ readonly part: 'list' } & ManifestFlags)
  | ({ readonly part: 'inventory' } & InventoryFlags)
  | ({ readonly part: 'check' } & CheckFlags)
  | ({ readonly part: 'put' } & PutFlags)
  | ({ readonly part: 'copy' } & CopyFlags);

export type WantedOptions = ManifestFlags & CommonOptions;
export type CheckOptions = CheckFlags & CommonOptions;
export type InventoryOptions = InventoryFlags & CommonOptions;
export type CopyOptions = CopyFlags & CommonOptions;
export type PutOptions = PutFlags & CommonOptions;
