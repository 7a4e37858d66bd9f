import { dirname, join, relative } from 'node:path';
import type { Host, Run } from '../../ground/host.ts';
import { keptRun } from '../tools.ts';
import type { Allowed } from './allowed.ts';
import type { Closure } from './closure.ts';
import { copyOf } from './copy.ts';
import { type Buildable, entryPath, isPlain } from './kustomization.ts';
import {
  beginKustomize,
  type KustomizeRun,
  kustomizeForm,
  runKustomize,
} from './kustomize-tool.ts';
import { unappliedIn } from './unread.ts';

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
