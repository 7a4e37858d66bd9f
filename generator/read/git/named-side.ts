import type { Host } from '../../ground/host.ts';
import { commitOf, isRevision, type Revision, UnknownRevision } from './revision.ts';

/** What `--base` or `--head` names; without a path it is the working tree. */
export type NamedSide = { readonly label: string } & (Revision | { readonly path?: string });

/** The side that stands for what is in the folder now, committed or not. */
const WORKING_TREE = '.';

/**
 * What a side means: `rev:` and `path:` say it. A name without them may be either, but not both:
 * who may commit a folder could else put it in the place of a revision.
 */
export function sideOf(text: string, host: Host): NamedSide {
  if (text === WORKING_TREE) return { label: 'the working tree' };
  const [, kind, named = ''] = /^(rev|path):(.*)$/s.exec(text) ?? [];
  if (kind !== undefined && named === '') throw new UnknownRevision(`${text} names nothing`);
  if (kind === 'rev') return revision(named, host);
  if (kind === 'path') return path(named, host);
  if (host.kindOf(text) === undefined) return revision(text, host);
  if (isRevision(text, host))
    throw new UnknownRevision(
      `${text} is both a revision and a path: write rev:${text} or path:${text}`,
    );
  return path(text, host);
}

function revision(name: string, host: Host): NamedSide {
  const found = commitOf(name, host);
  return { label: 'nothing' in found ? `${name} (${found.nothing})` : name, ...found };
}

function path(name: string, host: Host): NamedSide {
  if (host.kindOf(name) === undefined) throw new UnknownRevision(`there is no path ${name}`);
  return { label: name, path: name };
}
