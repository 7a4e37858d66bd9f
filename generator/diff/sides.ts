import { basename, dirname, join } from 'node:path';
import type { Host } from '../core/host.ts';
import { excluding } from '../world/folders.ts';
import { type NamedSide, sideOf } from '../world/git.ts';
import { type Blobs, blobsIn, commitHost } from '../world/git-tree.ts';
import type { Allowed } from '../world/programs.ts';
import { sharedDocuments } from '../yaml/parse.ts';
import { refusedSpec, type SideOptions } from './environment-parts.ts';
import { environmentSides, madeTree, readSide, staleBelow } from './environments.ts';
import { worldSides } from './pair.ts';
import {
  type ComparableSides,
  excludedOf,
  isAbsentBeside,
  type ReadSides,
  readSettingsOf,
  type SidePlace,
} from './side.ts';

/** Two sides as they are named, and the files that settle something about them. */
export interface NamedSides extends Allowed {
  /** The spec, from where a side stands. */
  readonly file: string;
  readonly namespace?: string;
  /** A revision of git, or a path. */
  readonly base: string;
  readonly head: string;
  /** A file of acknowledgements in place of head's own. */
  readonly acknowledgements?: string;
  /** A config of lint in place of head's own. */
  readonly config?: string;
}

/** Reads both sides and hands them on. A side is a path, or a revision of git. */
export function withSides<T>(options: NamedSides, host: Host, use: (sides: ReadSides) => T): T {
  const { file, namespace = '' } = options;
  const reading: SideOptions = {
    allowed: options,
    namespace,
  };
  const sides = {
    base: namedSide(options.base, options.head, host),
    head: namedSide(options.head, options.base, host),
  };
  const blobs = blobsIn(host);
  return withPlace(sides.base, file, { host, blobs }, base =>
    withPlace(sides.head, file, { host, blobs }, head => {
      const excluded = excludedOf(options.config, host, base);
      const [before, after] = [without(base, excluded), without(head, excluded)];
      const read = readSides(before, after, reading);
      return use({
        ...read,
        stale: [...(read.stale ?? []), ...staleBelow(before, after)],
        labels: { base: sides.base.label, head: sides.head.label },
        settings: readSettingsOf(options, host, head),
        excluded,
      });
    }),
  );
}

/** What a change adds to the list counts from the next one on: it could hide itself. */
function without(place: SidePlace, excluded: readonly string[]): SidePlace {
  const { host, folder } = place;
  return { ...place, host: excluding(host, folder, excluded), whole: host };
}

function namedSide(text: string, other: string, host: Host): NamedSide {
  return isAbsentBeside(text, other, host) ? { label: text, path: text } : sideOf(text, host);
}

/** Where revisions are read from. */
interface Repository {
  readonly host: Host;
  readonly blobs: Blobs;
}

function withPlace<T>(
  side: NamedSide,
  spec: string,
  { host, blobs }: Repository,
  use: (place: SidePlace) => T,
): T {
  const folder = dirname(spec);
  const usual = { path: folder, folder, file: basename(spec) };
  if ('commit' in side) return use({ ...usual, host: commitHost(side.commit, host, blobs) });
  if ('nothing' in side)
    return host.withScratch(empty => use({ ...usual, host: empty.below('tree') }));
  const { path } = side;
  if (path === undefined) return use({ ...usual, host });
  const own = host.kindOf(path) === 'folder' ? path : dirname(path);
  return use({ ...usual, path, folder: own, host });
}

/**
 * Beside a spec environments are compared; else clusters, as far as the manifests tell of them. So it
 * is too where a spec comes in place of manifests, or goes: most of them are the same objects.
 */
function readSides(base: SidePlace, head: SidePlace, reading: SideOptions): ComparableSides {
  const without = [base, head].filter(
    ({ path, file, host }) => host.kindOf(join(path, file)) === undefined,
  );
  if (without.length === 2) return worldSides(base, head, reading);
  const isRefused = [base, head].some(side => refusedSpec(side).length > 0);
  if (isRefused || without.every(side => readSide(side, reading, sharedDocuments()).isEmpty))
    return environmentSides(base, head, reading);
  const { findings: stale } = madeTree(head, 'What stands there is compared');
  return { ...worldSides(base, head, reading), stale };
}
