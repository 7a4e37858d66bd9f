import { dirname, join, relative } from 'node:path';
import type { Finding } from '../../ground/finding.ts';
import type { Host, Run } from '../../ground/host.ts';
import { textAt } from '../../ground/json.ts';
import { renderedKey } from '../../kinds/helm/local-chart.ts';
import type { ChartedFile, ManifestSource } from '../manifest-source.ts';
import type { Allowed } from './allowed.ts';
import type { Buildable } from './buildable.ts';
import { type Closure, closureOf } from './closure.ts';
import { copied } from './copy.ts';
import { entryPlace, pathOf } from './entry.ts';
import { failureOf } from './failure.ts';
import { keptBuild } from './kept-build.ts';
import { beginKustomize, type KustomizeRun, oldKustomize, runKustomize } from './kustomize-tool.ts';
import { valuesAt } from './loads.ts';
import { isPlain } from './read.ts';
import { unappliedIn, unknownsOf, unreadFinding } from './unread.ts';

/**
 * Builds a kustomization with kustomize, which sees only what was looked at before: what is remote,
 * outside of the root or a chart is left out, and said to be. The build begins, and what is handed
 * back waits for it: of several all can begin before the first is waited for.
 */
export function begunBuild(
  buildable: Buildable,
  host: Host,
  closure: Closure = closureOf(buildable, host),
): () => ManifestSource {
  const refusal = refusalOf(closure, buildable.allowed);
  const faults = closure.faults.length > 0 ? closure.faults : refusal && [refusal];
  if (faults !== undefined) return () => notBuilt(buildable, closure, faults);
  const run = begunRun(closure, buildable, host);
  return () => sourceOf(run(), buildable, host);
}

function sourceOf({ run, left }: Built, buildable: Buildable, host: Host): ManifestSource {
  const { file, folder, allowed } = buildable;
  if (run.status !== 0) {
    const failure = failureOf(run.stderr, left, { file, host });
    const old = oldKustomize(allowed, host);
    return notBuilt(buildable, left, [old === undefined ? failure : { ...failure, hint: old }]);
  }
  const [top] = left.kustomizations;
  const charts = left.made.flatMap(chart => chart.unknowns);
  const unknowns = [...unknownsOf(left.unread, top), ...charts];
  const unread = unreadOf(left);
  const { helm } = allowed;
  const made = {
    places: placesOf(left),
    charted: chartedIn(left),
    ...(helm && { madeCharts: { count: left.made.length, helm: helm.version } }),
  };
  const text = run.stdout;
  return { name: folder, file, isBuilt: true, text, findings: [], unread, unknowns, ...made };
}

function notBuilt(
  { folder: name, file }: Buildable,
  closure: Closure,
  findings: readonly Finding[],
): ManifestSource {
  const namespace = textAt(closure.kustomizations[0]?.document, 'namespace');
  const unknown = {
    what: `the kustomization "${name}" (it cannot be built)`,
    ...(namespace !== undefined && { namespace }),
  };
  return {
    name,
    file,
    isBuilt: false,
    findings,
    unread: unreadOf(closure),
    unknowns: isShownByFiles(closure) ? [] : [unknown],
    places: placesOf(closure),
    charted: chartedIn(closure),
    ...(namespace !== undefined && { namespace }),
  };
}

function chartedIn({ kustomizations, made }: Closure): ChartedFile[] {
  return kustomizations
    .filter(({ loads }) => loads.some(({ kind }) => kind === 'chart'))
    .map(({ folder, name, file, text }) => {
      const own = made.filter(({ by }) => by.file === file);
      const rendered = own.map(({ load }) => renderedKey({ at: load.path }));
      return { file, text, place: join(folder, name), rendered };
    });
}

/** Whether all that a kustomization is built from is objects in files, under their own names. */
function isShownByFiles({ faults, unread, kustomizations, files }: Closure): boolean {
  const isPlain = kustomizations.every(
    ({ document, loads }) =>
      CHANGING.every(field => valuesAt(document, [field]).length === 0) &&
      loads.every(({ kind }) => kind !== 'function' && kind !== 'chart'),
  );
  const known = new Set([...files.keys(), ...kustomizations.map(({ folder }) => folder)]);
  const isThere = kustomizations.every(by =>
    by.loads.every(load => load.kind !== 'base' || known.has(pathOf({ by, load }))),
  );
  return isPlain && isThere && faults.length + unread.length === 0;
}

/** What makes Secrets, or gives objects other names. */
const CHANGING = ['secretGenerator', 'namePrefix', 'nameSuffix', 'replacements', 'vars'];

/** The files that a kustomization is built from, and its own. */
function placesOf({ files, kustomizations, made }: Closure): string[] {
  const charts = made.flatMap(({ places }) => places);
  return [
    ...files.values(),
    ...charts,
    ...kustomizations.map(({ folder, name }) => join(folder, name)),
  ];
}

/** Why kustomize is not run at all: the functions, or that they would miss what is left out. */
function refusalOf({ programs, unread }: Closure, { enableExec }: Allowed): Finding | undefined {
  const [program] = programs;
  if (program === undefined) return undefined;
  if (enableExec === true && unread.length === 0) return undefined;
  const [reason, hint] =
    enableExec === true
      ? ['its functions would run without what was not read', 'Take that out, or allow it too.']
      : ['it runs functions that are no part of kustomize', EXEC];
  return {
    rule: 'unreadable',
    severity: 'error',
    message: `kustomize cannot build it: ${reason}`,
    hint,
    field: '',
    at: entryPlace(program),
  };
}

const EXEC = 'It runs functions: --enable-exec allows it, if you trust them.';

interface Built {
  readonly run: Run;
  /** What it was built from at last. */
  readonly left: Closure;
}

/** Where something is left out, what would have been its place in a replacement may be missing. */
function begunRun(closure: Closure, buildable: Buildable, host: Host): () => Built {
  const begun = begunOrKept(closure, buildable, host);
  return () => {
    const run = begun();
    const isLacking = /replacement|nothing selected by|fieldPath|cannot be mapped/.test(run.stderr);
    if (run.status === 0 || closure.unread.length === 0 || !isLacking)
      return { run, left: closure };
    const left = { ...closure, unread: [...closure.unread, ...unappliedIn(closure)] };
    return { run: runKustomize(...placed(left, buildable, host)), left };
  };
}

/** What functions and servers have a say in waits until it is asked for. */
function begunOrKept(closure: Closure, buildable: Buildable, host: Host): () => Run {
  const { enableExec, enableRemote } = buildable.allowed;
  const run = (): Run => runKustomize(...placed(closure, buildable, host));
  if (enableExec === true || enableRemote === true) return run;
  return keptBuild(closure, buildable, host, () => {
    const place = placed(closure, buildable, host);
    beginKustomize(...place);
    return () => runKustomize(...place);
  });
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
  const room = copied(closure, root, host);
  return [kustomizeRun(join(room.cwd, relative(root, place)), buildable), room];
}

/** The folders that kustomize looks into. */
function foldersIn({ kustomizations, files }: Closure): string[] {
  const named = kustomizations.flatMap(by => [
    by.folder,
    ...by.loads.map(load => pathOf({ by, load })),
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

function unreadOf({ unread }: Closure): Finding[] {
  const all = unread.map(unreadFinding);
  return [...new Map(all.map(finding => [JSON.stringify(finding), finding])).values()];
}
