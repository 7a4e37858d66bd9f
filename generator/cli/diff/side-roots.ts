import { dirname, join, resolve } from 'node:path';
import type { Host } from '../../ground/host.ts';
import { isRevision } from '../../read/git/revision.ts';
import { isBelow, rootOf } from '../../read/inside.ts';
import type { SidePlace } from './side.ts';

/** A folder that is read as a whole, and the place in it that was asked for. */
export interface Root {
  readonly root: string;
  readonly scope: string;
}

/**
 * What of the sides is their context: their repositories, where both stand at one place in them.
 * Two trees that are no repositories, `old/apps/shop` and `new/apps/shop`, have what is before the
 * place that they have in common. Else each side is alone.
 */
export function rootsOf(
  base: SidePlace,
  head: SidePlace,
): Record<'base' | 'head', Root> | undefined {
  const [before, after] = [repositoryAt(base), repositoryAt(head)];
  if (before !== undefined && after !== undefined)
    return before.scope === after.scope ? { base: before, head: after } : undefined;
  return before === undefined && after === undefined ? treesOf(base, head) : undefined;
}

function repositoryAt({ path, host }: SidePlace): Root | undefined {
  const place = placeOf({ path, host });
  const root = rootOf(path, host) ?? rootOf(dirname(path), host);
  if (root === undefined || !host.exists(join(root, '.git')) || host.kindOf(path) === 'file')
    return undefined;
  return { root, scope: relativeTo(root, place) };
}

/** A path, and the machine that has it. */
type Tree = Pick<SidePlace, 'path' | 'host'>;

/** Where a path is, or would be. */
function placeOf({ path, host }: Tree): string {
  return host.realPath(path) ?? resolve(host.realPath('.') ?? host.cwd, path);
}

function relativeTo(root: string, place: string): string {
  return isBelow(root, place) ? place.slice(root.length).replace(/^\//, '') : '';
}

function treesOf(base: Tree, head: Tree): Record<'base' | 'head', Root> | undefined {
  const [own, other] = [base, head].map(side => placeOf(side).split('/'));
  if (own === undefined || other === undefined) return undefined;
  const differs = own.toReversed().findIndex((step, index) => step !== other.at(-1 - index));
  if (differs < 1) return undefined;
  const roots = [own, other].map(steps => steps.slice(0, -differs).join('/'));
  const [before = '', after = ''] = roots;
  if (isBelow(before, after) || isBelow(after, before)) return undefined;
  if (isTooMuch(before, base.host) || isTooMuch(after, head.host)) return undefined;
  const scope = own.slice(-differs).join('/');
  return { base: { root: before, scope }, head: { root: after, scope } };
}

/**
 * Whether a path is that of a folder which one of two trees has not, beside one that the other has:
 * it is new there, or gone.
 */
export function isAbsentBeside(path: string, other: string, host: Host): boolean {
  if (host.kindOf(path) !== undefined || host.kindOf(other) === undefined) return false;
  const roots = treesOf({ path, host }, { path: other, host });
  return roots !== undefined && host.isFolder(roots.base.root) && !isRevision(path, host);
}

/** A person's home, or what homes are in, holds more than what is meant. */
function isTooMuch(folder: string, host: Host): boolean {
  const home = host.realPath(host.env('HOME') ?? '/') ?? '/';
  return isBelow(folder, home) || host.realPath('/tmp') === folder || folder === '';
}
