import { basename, join, relative } from 'node:path';
import type { Path } from '../../ground/finding.ts';
import type { Host, Scratch } from '../../ground/host.ts';
import { isMap } from '../../ground/json.ts';
import type { Closure } from './closure.ts';
import { entryPath, entryTarget, type Kustomization } from './kustomization.ts';
import { isField, type Load } from './loads.ts';
import { withTargets } from './targets.ts';

/**
 * Writes what a kustomization is built from into a new folder, at the same places below the root,
 * without what is not to be read. kustomizations are written as JSON, which is the same to every
 * parser, and name their files without links.
 */
export function copyOf(closure: Closure, root: string, host: Host): Scratch {
  const room = host.room();
  const written = new Map<string, () => string | Uint8Array>();
  for (const [path, file] of closure.files) written.set(path, () => host.readFile(file));
  for (const kustomization of closure.kustomizations) {
    const { folder, name } = kustomization;
    const edited = (): unknown => editedKustomization(kustomization, closure, host);
    written.set(join(folder, name), () => JSON.stringify(edited()));
  }
  for (const { by, name, text } of closure.made) written.set(join(by.folder, name), () => text);
  for (const [path, content] of written) room.writeFile(relative(root, path), content());
  return room;
}

/** A step of a document, or the whole, on the way through it. */
type Change = (value: unknown, path: Path) => unknown;

/** Stands for what is taken out. */
const NOTHING = Symbol('nothing');

/**
 * A kustomization without what is not to be read, and with links followed. Where something is taken
 * out, a patch may lack its object: patches get targets, as without one kustomize demands the object.
 */
function editedKustomization(
  kustomization: Kustomization,
  { unread, replaced, made }: Closure,
  host: Host,
): unknown {
  const { loads, file } = kustomization;
  const own = replaced.filter(({ by }) => by.file === file);
  const charts = made.filter(({ by }) => by.file === file);
  const out = [...unread, ...own, ...charts]
    .filter(({ by }) => by.file === file)
    .map(({ load }) => keyOf(load.unit));
  const written = new Map(
    loads.map(load => [keyOf(load.path), withoutLinks(load, kustomization, host)]),
  );
  const edited = changed(kustomization.document, [], (value, path) => {
    const key = keyOf(path);
    return out.includes(key) ? NOTHING : (written.get(key) ?? value);
  });
  if (unread.length + own.length + charts.length === 0 || !isMap(edited)) return edited;
  const targeted = unread.length === 0 ? edited : withTargets(edited, kustomization, host);
  return withResources(targeted, [
    ...own.flatMap(({ files }) => files),
    ...charts.map(({ name }) => name),
  ]);
}

/** With more resources; kustomize refuses a kustomization that is empty. */
function withResources(
  document: Readonly<Record<string, unknown>>,
  more: readonly string[],
): Record<string, unknown> {
  const field = Object.keys(document).find(key => isField(key, 'resources')) ?? 'resources';
  const listed = document[field];
  return { ...document, [field]: [...(Array.isArray(listed) ? listed : []), ...more] };
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}

function changed(value: unknown, path: Path, change: Change): unknown {
  const own = change(value, path);
  if (own !== value) return own;
  const below = (item: unknown, step: string | number): unknown =>
    changed(item, [...path, step], change);
  if (Array.isArray(value)) return value.map(below).filter(item => item !== NOTHING);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, below(item, key)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== NOTHING));
}

/** The entry, by the way to it that has no links; a file keeps its name, which is a key. */
function withoutLinks(load: Load, by: Kustomization, host: Host): string {
  const { kind, entry } = load;
  const path = entryPath({ by, load });
  const place = entryTarget({ by, load }, host);
  if (place === undefined || place === path) return entry;
  const real = relative(by.folder, place) || '.';
  if (kind !== 'source' || !load.path.includes('files')) return real;
  const [key] = entry.includes('=') ? entry.split('=') : [basename(entry)];
  return `${key}=${real}`;
}
