import { basename, dirname } from 'node:path';
import { sharedDocuments } from '../../source/shared-documents.ts';
import type { DiffOptions } from '../commands/diff.ts';
import type { Host } from '../host.ts';
import type { ReadSides } from './review-of.ts';
import { commitOf, withCommit } from './revision.ts';
import { type Folder, readSettingsOf } from './settings.ts';
import { readSide, type Side } from './side.ts';
import type { SideOptions } from './side-parts.ts';

/** The head that stands for what is in the folder now, committed or not. */
const WORKING_TREE = '.';

const EXEC_FLAGS: readonly string[] = ['--enable-alpha-plugins', '--enable-exec'];

/** Reads both sides and hands them on. A side is a path, or a revision of git. */
export function withSides<T>(options: DiffOptions, host: Host, use: (sides: ReadSides) => T): T {
  const { file, enableExec, namespace = '' } = options;
  const reading: SideOptions = {
    file: basename(file),
    flags: enableExec === true ? EXEC_FLAGS : [],
    namespace,
    parse: sharedDocuments(),
  };
  const labels = { base: labelOf(options.base), head: labelOf(options.head) };
  return withPlace(options.base, file, host, base =>
    withPlace(options.head, file, host, head =>
      use({
        base: sideAt(base, reading),
        head: sideAt(head, reading),
        labels,
        settings: readSettingsOf(options, host, head),
      }),
    ),
  );
}

function labelOf(side: string): string {
  return side === WORKING_TREE ? 'the working tree' : side;
}

/** Where a side stands: a file, or the folder that the spec is in. */
interface SidePlace extends Folder {
  readonly path: string;
}

function withPlace<T>(side: string, file: string, host: Host, use: (place: SidePlace) => T): T {
  const folder = dirname(file);
  if (!host.exists(side))
    return withCommit(commitOf(side, host), host, checkout =>
      use({ path: folder, folder, host: checkout }),
    );
  if (side === WORKING_TREE) return use({ path: folder, folder, host });
  return use({ path: side, folder: host.isFolder(side) ? side : dirname(side), host });
}

/** A commit that has no such folder yet has no manifests. */
function sideAt({ path, host }: SidePlace, reading: SideOptions): Side {
  return host.exists(path) ? readSide(path, reading, host) : NO_SIDE;
}

const NO_SIDE: Side = {
  environments: new Map(),
  placesBeside: () => () => undefined,
  files: new Set(),
  notices: [],
};
