import { basename, dirname, join } from 'node:path';
import type { Finding } from '../../ground/finding.ts';
import { listingOf } from '../../read/listing.ts';
import { readSettingsFile } from '../../read/settings-file.ts';
import { isGenerated } from '../generated-folders.ts';
import { madeTree } from './made-tree.ts';
import type { SidePlace } from './side.ts';

/** More specs that change at once are of a repository that is tested, or of somebody who means ill. */
const MOST = 50;

/**
 * That the trees of other specs below a side, which change, are not what these make: they are compared as
 * they stand. A spec without a tree is none that `expand` is run for.
 */
export function staleBelow(base: SidePlace, head: SidePlace): Finding[] {
  const { path, file, host } = head;
  if (host.kindOf(path) !== 'folder') return [];
  return listingOf(path, host)
    .files.filter(name => basename(name) === file && name !== file)
    .filter(name => textOf(name, base) !== textOf(name, head))
    .slice(0, MOST)
    .map(name => join(path, dirname(name)))
    .filter(folder => isGenerated(join(folder, 'base'), host))
    .flatMap(
      folder =>
        madeTree({ ...head, path: folder, folder }, 'What stands there is compared').findings,
    );
}

/** The text of a spec; what is not to be read, or not there, is none. */
function textOf(name: string, { path, host }: SidePlace): string | undefined {
  const file = join(path, name);
  if (host.kindOf(file) !== 'file') return undefined;
  const bytes = readSettingsFile(file, host);
  return typeof bytes === 'string' ? undefined : new TextDecoder().decode(bytes);
}
