import { basename, dirname } from 'node:path';
import { sharedDocuments } from '../../source/shared-documents.ts';
import type { DiffOptions } from '../commands/diff.ts';
import type { Host } from '../host.ts';
import type { ReadSides } from './review-of.ts';
import { commitOf, withCommit } from './revision.ts';
import { readSettingsOf } from './settings.ts';
import { readSide, type Side, type SidePlace } from './side.ts';
import { type SideOptions, sourcesOf } from './side-parts.ts';

/** The head that stands for what is in the folder now, committed or not. */
const WORKING_TREE = '.';

/** Reads both sides and hands them on. A side is a path, or a revision of git. */
export function withSides<T>(options: DiffOptions, host: Host, use: (sides: ReadSides) => T): T {
  const { file, namespace = '' } = options;
  const reading: SideOptions = {
    file: basename(file),
    allowed: options,
    namespace,
  };
  const labels = { base: labelOf(options.base), head: labelOf(options.head) };
  return withPlace(options.base, file, host, base =>
    withPlace(options.head, file, host, head =>
      use({
        ...readSides(base, head, reading),
        labels,
        settings: readSettingsOf(options, host, head),
      }),
    ),
  );
}

function labelOf(side: string): string {
  return side === WORKING_TREE ? 'the working tree' : side;
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

/** What both sides have in common is read once. */
function readSides(
  base: SidePlace,
  head: SidePlace,
  reading: SideOptions,
): Record<'base' | 'head', Side> {
  const before = sourcesOf(base.path, reading, base.host);
  const after = sourcesOf(head.path, reading, head.host);
  const parse = sharedDocuments();
  return {
    base: readSide(base, before, reading, parse),
    head: readSide(head, after, reading, parse),
  };
}
