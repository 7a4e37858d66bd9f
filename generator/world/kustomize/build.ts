import { basename, dirname, join, relative } from 'node:path';
import type { Finding, Path } from '../../core/finding.ts';
import type { Host, Run, Scratch } from '../../core/host.ts';
import { isMap, textAt } from '../../core/json.ts';
import { listItems } from '../../core/manifests.ts';
import { renderedKey } from '../../kinds/helm/release.ts';
import { kustomizationFile } from '../../kinds/krm.ts';
import {
  type Allowed,
  beginKustomize,
  type KustomizeRun,
  keptRun,
  kustomizeForm,
  oldKustomize,
  runKustomize,
} from '../programs.ts';
import { type ChartedFile, type ManifestSource, readFound } from '../source.ts';
import { type Closure, closureOf, unappliedIn, unknownsOf, unreadFinding } from './closure.ts';
import { failureOf } from './failure.ts';
import {
  type Buildable,
  entryPath,
  entryPlace,
  entryTarget,
  isField,
  isPlain,
  type Kustomization,
  type Load,
  parsed,
  valuesAt,
  withTargets,
} from './kustomization.ts';

/** Makes names of files without links those by which a person finds them. */
type Shown = (place: string) => string;

/** What is being read or built, once it is waited for. */
export type Begun = () => readonly ManifestSource[];

/**
 * What kustomize builds of a kustomization, which it begins with. Most only list files, and change nothing: of these the
 * files are what it builds, so it is not started. Whatever it might refuse, it is asked about.
 */
export function builtOrListed(buildable: Buildable, shown: Shown, host: Host): Begun {
  const closure = closureOf(buildable, host);
  const listed = listedFiles(closure, shown, host);
  if (listed !== undefined) return () => listed;
  const built = begunBuild(buildable, host, closure);
  return () => [built()];
}

/** The files of a kustomization that is nothing but a list of them. */
function listedFiles(closure: Closure, shown: Shown, host: Host): ManifestSource[] | undefined {
  const [own, ...more] = closure.kustomizations;
  if (own === undefined || more.length > 0 || !isList(own.document) || !isPlain(own.text))
    return undefined;
  const { faults, unread, replaced, programs, files } = closure;
  if (faults.length + unread.length + replaced.length + programs.length > 0) return undefined;
  if (files.size !== own.loads.length) return undefined;
  const sources = [...files.values()].map(place => ({
    ...readFound(shown(place), host),
    places: [place, join(own.folder, own.name)],
  }));
  return areObjects(sources) ? sources : undefined;
}

/** Whether kustomize takes it for a kustomization that has resources, and no more. */
function isList(document: unknown): boolean {
  if (!isMap(document)) return false;
  const { apiVersion, kind, resources, ...more } = document;
  return (
    Object.keys(more).length === 0 &&
    isNoneOr(apiVersion, `${kustomizationFile.group}/v1beta1`) &&
    isNoneOr(kind, kustomizationFile.kind) &&
    Array.isArray(resources) &&
    resources.every(resource => typeof resource === 'string')
  );
}

function isNoneOr(value: unknown, wanted: string): boolean {
  return value === undefined || value === null || value === wanted;
}

/** Whether files hold objects that kustomize takes as they are: each with a name, and each once. */
function areObjects(sources: readonly ManifestSource[]): boolean {
  const seen = new Set<string>();
  return sources.every(({ text }) => {
    const documents = text === undefined ? undefined : parsed(text).value;
    return documents?.every(document => document === null || isNew(document, seen)) === true;
  });
}

function isNew(document: unknown, seen: Set<string>): boolean {
  if (!isMap(document) || listItems(document) !== undefined) return false;
  const { apiVersion, kind, metadata } = document;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isMap(metadata)) return false;
  const { name, namespace = '' } = metadata;
  if (typeof name !== 'string' || typeof namespace !== 'string') return false;
  const id = JSON.stringify([apiVersion.replace(/\/.*/, ''), kind, namespace, name]);
  return !seen.has(id) && seen.add(id) !== undefined;
}

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
    by.loads.every(load => load.kind !== 'base' || known.has(entryPath({ by, load }))),
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

function unreadOf({ unread }: Closure): Finding[] {
  const all = unread.map(unreadFinding);
  return [...new Map(all.map(finding => [JSON.stringify(finding), finding])).values()];
}

/** What kustomize said. */
interface Built {
  readonly run: Run;
  /** What it was built from at last. */
  readonly left: Closure;
}

/**
 * Begins a build; what is handed back waits for it. Where something is left out, what would have been
 * its place in a replacement may be missing.
 */
function begunRun(closure: Closure, buildable: Buildable, host: Host): () => Built {
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
