import { basename, dirname, join, relative } from 'node:path';
import type { Path } from '../../core/finding.ts';
import type { Host, Run, Scratch } from '../../core/host.ts';
import { isMap } from '../../core/json.ts';
import {
  type Allowed,
  beginKustomize,
  type KustomizeRun,
  keptRun,
  kustomizeForm,
  runKustomize,
} from '../programs.ts';
import { type Closure, unappliedIn } from './closure.ts';
import {
  type Buildable,
  entryPath,
  entryTarget,
  isField,
  isPlain,
  type Kustomization,
  type Load,
  withTargets,
} from './kustomization.ts';

/** What kustomize said. */
export interface Built {
  readonly run: Run;
  /** What it was built from at last. */
  readonly left: Closure;
}

/**
 * Begins a build; what is handed back waits for it. Where something is left out, what would have been
 * its place in a replacement may be missing.
 */
export function begunRun(closure: Closure, buildable: Buildable, host: Host): () => Built {
  const begun = begunOrKept(closure, buildable, host);
  return () => {
    const run = begun();
    const isLacking = /replacement|nothing selected by|fieldPath|cannot be mapped/.test(run.stderr);
    if (run.status === 0 || closure.unread.length === 0 || !isLacking)
      return { run, left: closure };
    const left = {
      ...closure,
      unread: [...closure.unread, ...unappliedIn(closure.kustomizations)],
    };
    return { run: runKustomize(...placed(left, buildable, host)), left };
  };
}

/**
 * What kustomize built before of the same files in the same way, or what it builds now. What functions and
 * servers have a say in waits until it is asked for.
 */
function begunOrKept(closure: Closure, buildable: Buildable, host: Host): () => Run {
  const { enableExec, enableRemote } = buildable.allowed;
  const run = (): Run => runKustomize(...placed(closure, buildable, host));
  if (enableExec === true || enableRemote === true) return run;
  const begin = (): (() => Run) => {
    const place = placed(closure, buildable, host);
    beginKustomize(...place);
    return () => runKustomize(...place);
  };
  return keptRun(host.kept(partsOf(closure, buildable, host)), begin, SECRET);
}

/** Where kustomize builds: where the files are, or in a copy of them. */
function placed(
  closure: Closure,
  buildable: Buildable,
  host: Host,
): Parameters<typeof runKustomize> {
  const { folder, root, allowed } = buildable;
  // A folder that is named like a URL is still that folder.
  const place = host.realPath(folder) ?? folder;
  if (host.isVirtual !== true && !needsCopy(closure, allowed)) {
    host.onDisk?.(allowed.enableExec === true ? undefined : foldersIn(closure));
    return [kustomizeRun(place, buildable), host];
  }
  const room = copyOf(closure, root, host);
  return [kustomizeRun(join(room.cwd, relative(root, place)), buildable), room];
}

/** The folders that kustomize looks into. */
function foldersIn({ kustomizations, files }: Closure): string[] {
  const named = kustomizations.flatMap(by => [
    by.folder,
    ...by.loads.map(load => entryPath({ by, load })),
  ]);
  return [...new Set([...named, ...[...files.values()].map(file => dirname(file))])];
}

/** Whether kustomize gets its files as they are. Functions find theirs only there. */
function needsCopy(
  { unread, replaced, made, kustomizations }: Closure,
  { enableExec }: Allowed,
): boolean {
  if (unread.length + replaced.length + made.length > 0) return true;
  return enableExec !== true && !kustomizations.every(({ text }) => isPlain(text));
}

function kustomizeRun(
  folder: string,
  { allowed, isUnrestricted = false }: Buildable,
): KustomizeRun {
  const flags = [
    ...(allowed.enableExec === true ? ['--enable-alpha-plugins', '--enable-exec'] : []),
    ...(isUnrestricted ? ['--load-restrictor', 'LoadRestrictionsNone'] : []),
  ];
  return { folder, flags, allowed };
}

/** How kustomize is run: raised when the same files come to mean something else. */
const FORM = 1;

/** A Secret that it makes of files is for this run alone: kustomize writes objects as blocks, each with its kind at the margin. */
const SECRET = /^kind: ["']?Secret\b/m;

function partsOf(
  { files, kustomizations, unread, made }: Closure,
  { root, folder, isUnrestricted = false }: Buildable,
  host: Host,
): (string | Uint8Array)[] {
  const below = (place: string): string => relative(root, place);
  const left = unread.map(({ by, load, reason }) => [below(by.folder), by.name, load.path, reason]);
  const form = [
    FORM,
    kustomizeForm(host),
    isUnrestricted,
    host.isVirtual === true,
    below(host.realPath(folder) ?? folder),
    left,
  ];
  return [
    JSON.stringify(form),
    ...kustomizations.flatMap(({ folder: own, name, text }) => [below(own), name, text]),
    ...made.flatMap(({ by, name, text }) => [below(by.folder), name, text]),
    ...[...files].flatMap(([path, file]) => [below(path), below(file), host.readFile(file)]),
  ];
}

/**
 * Writes what a kustomization is built from into a new folder, at the same places below the root,
 * without what is not to be read. kustomizations are written as JSON, which is the same to every
 * parser, and name their files without links.
 */
function copyOf(closure: Closure, root: string, host: Host): Scratch {
  const room = host.scratchFolder();
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
