import type { Finding } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import type { SpecObject } from '../../make/spec/spec.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import type { ObjectSet } from '../../read/sets/object-set.ts';
import type { Compared } from '../../report/review/compared.ts';
import type { BrokenSide, LeftOut } from '../../report/review/review.ts';
import type { Units } from '../../review/changes/comparison.ts';
import type { Folder, Settings } from './settings.ts';

/** One side of a diff, read and built. */
export interface Side {
  /** The spec that it comes from, if it is one that holds. */
  readonly spec?: SpecObject;
  /** Nothing is in it, and nothing of it could not be read. */
  readonly isEmpty: boolean;
  /** Whether something else is there. */
  readonly hasOthers: () => boolean;
  /** Where a field stands; in a spec, what differs from the other side's. */
  readonly placesBeside: (other: SpecObject | undefined) => FieldPlace;
  /** The files that its objects come from. */
  readonly files: ReadonlySet<string>;
  /** The file that stands for an environment: the spec, its kustomization, or its first manifest. */
  readonly fileOf: (environment: string) => string | undefined;
  /**
   * The texts of files that hold something else than objects, by their names from the root, and what is in
   * charts that are not made, by their folders with a slash at the end.
   */
  readonly strangers: ReadonlyMap<string, string>;
  /** What is left out of what kustomize built. */
  readonly unread: readonly LeftOut[];
  /** Files that were skipped. */
  readonly notices: readonly Finding[];
}

/** What is held against each other: an environment of a spec, or a cluster. */
export interface Pair {
  readonly name: string;
  readonly base?: ObjectSet;
  readonly head?: ObjectSet;
  /** The sides that have it, or each of its units. */
  readonly presence: Compared['presence'];
  /** What its objects are applied by, where that was read. */
  readonly units?: Units;
}

/** Both sides, and what of them can be compared. */
export interface ComparableSides {
  readonly base: Side;
  readonly head: Side;
  readonly pairs: readonly Pair[];
  /** What could not be read, and is not compared. */
  readonly broken: readonly BrokenSide[];
  /** That the tree of head is not what its spec makes, or why that is not known. */
  readonly stale?: readonly Finding[];
}

/** The two sides, read, and what people call them. */
export interface ReadSides extends ComparableSides {
  readonly labels: { readonly base: string; readonly head: string };
  readonly settings: Settings;
  /** What nobody applies, by a config, and is not read. */
  readonly excluded: readonly string[];
}

/** Where a side stands: a file, or the folder that the spec is in. */
export interface SidePlace extends Folder {
  readonly path: string;
  /** The name that a spec has in it. */
  readonly file: string;
  /** The machine with all of the side, where `host` does not list what is excluded. */
  readonly whole?: Host;
}

/** The file of head to show something at that only base has; none when head has no files. */
export function fileOnHead(
  { files, fileOf }: Side,
  file: string,
  names: readonly string[],
): string | undefined {
  if (files.has(file)) return file;
  const own = names.map(name => fileOf(name) ?? '').find(known => known !== '');
  return own ?? [...files][0];
}
