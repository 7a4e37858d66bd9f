import { basename, dirname, join, relative } from 'node:path';
import type { Finding, Path } from '../../core/finding.ts';
import type { Host, KeptPart, Run, Scratch } from '../../core/host.ts';
import { isMap, type JsonObject, textAt } from '../../core/json.ts';
import { annotationsOf, listItems } from '../../core/kube-object.ts';
import { renderedKey } from '../../kinds/helm/release.ts';
import { kustomizationFile } from '../../kinds/krm.ts';
import { isBelow } from '../inside.ts';
import {
  type Allowed,
  type KustomizeRun,
  keptRun,
  kustomizeForm,
  oldKustomize,
  overLimit,
  RAISE_LIMITS,
  runKustomize,
} from '../programs.ts';
import { type ChartedFile, isBadYaml, type ManifestSource, readFound } from '../source.ts';
import {
  type Closure,
  closureOf,
  unappliedIn,
  unknownsOf,
  unreadFinding,
  withCharts,
} from './closure.ts';
import { failureOf } from './failure.ts';
import {
  type Buildable,
  entryPath,
  entryPlace,
  entryTarget,
  isField,
  isOneDocument,
  type Kustomization,
  type Load,
  parsed,
  valuesAt,
  withTargets,
} from './kustomization.ts';

/**
 * Builds a kustomization. Most kustomizations only list files: then these files are the build, and kustomize is not
 * started. It is started for all that it might refuse.
 */
export async function builtOrListed(
  buildable: Buildable,
  shown: (place: string) => string,
  host: Host,
): Promise<readonly ManifestSource[]> {
  const closure = closureOf(buildable, host);
  return listedFiles(closure, buildable, shown, host) ?? [await built(buildable, host, closure)];
}

/** The files of a kustomization that is nothing but a list of such as it may read. */
function listedFiles(
  closure: Closure,
  { isUnrestricted }: Buildable,
  shown: (place: string) => string,
  host: Host,
): ManifestSource[] | undefined {
  const [only, ...more] = closure.kustomizations;
  if (only === undefined || more.length > 0 || !isList(only.document) || !isOneDocument(only.text))
    return undefined;
  const { faults, unread, replaced, programs, files } = closure;
  if (faults.length + unread.length + replaced.length + programs.length > 0) return undefined;
  if (files.size !== only.loads.length) return undefined;
  const isBeside = (place: string): boolean => !isBelow(only.folder, place);
  if (isUnrestricted !== true && [...files.values()].some(isBeside)) return undefined;
  const sources = [...files.values()].map(place => ({
    ...readFound(shown(place), host),
    places: [place, join(only.folder, only.name)],
  }));
  return areObjects(sources) ? sources : undefined;
}

/** Whether a kustomization has resources, and nothing else. */
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

function isNoneOr(value: unknown, usual: string): boolean {
  return value === undefined || value === null || value === usual;
}

/** Whether kustomize takes all objects in files as they are: each has a name and comes once. */
function areObjects(sources: readonly ManifestSource[]): boolean {
  const seen = new Set<string>();
  return sources.every(({ text = '' }) => {
    const { value: documents } = parsed(text);
    if (documents === undefined || !isWrittenAlike(text, documents)) return false;
    return documents.every(document => document === null || isNew(document, seen));
  });
}

/**
 * Whether kustomize writes a text as it read it: it changes blocks that are folded or keep their last lines, and nulls
 * in braces.
 */
export function isWrittenAlike(text: string, documents: readonly unknown[]): boolean {
  if (/(?:^|[\s:-])(?:>[-+\d]*|\|\d*\+\d*)[ \t]*(?:#|$)/m.test(text)) return false;
  return (
    !text.includes('{') || documents.every(document => document === null || !hasNull(document))
  );
}

function hasNull(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some(hasNull);
}

function isNew(document: unknown, seen: Set<string>): boolean {
  if (!isMap(document) || listItems(document) !== undefined) return false;
  const { apiVersion, kind, metadata } = document;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isMap(metadata)) return false;
  const { name, namespace = '', generateName } = metadata;
  if (typeof name !== 'string' || typeof namespace !== 'string') return false;
  if (generateName !== undefined || kind.endsWith('List') || isMarked(document)) return false;
  const id = [apiVersion.replace(/\/.*/, ''), kind, namespace || 'default', name];
  return !seen.has(JSON.stringify(id)) && seen.add(JSON.stringify(id)) !== undefined;
}

/** Whether an annotation says what kustomize does with an object: `local-config` leaves it out. */
function isMarked(document: JsonObject): boolean {
  return Object.keys(annotationsOf(document)).some(name =>
    /^(?:internal\.)?config\.kubernetes\.io\//.test(name),
  );
}

/**
 * Builds a kustomization with kustomize, which gets only files that were checked before. What is remote, outside of
 * the root or a chart is left out, with a finding.
 */
export async function built(
  buildable: Buildable,
  host: Host,
  found: Closure = closureOf(buildable, host),
): Promise<ManifestSource> {
  const closure = found.charts.length === 0 ? found : await withCharts(found, host);
  const refusal = refusalOf(closure, buildable.allowed);
  const faults = closure.faults.length > 0 ? closure.faults : refusal && [refusal];
  if (faults !== undefined)
    return { ...notBuilt(buildable, closure, faults), fails: faults.every(isBadYaml) };
  const { run, left } = await runOf(closure, buildable, host);
  const { file, folder, allowed } = buildable;
  if (run.status !== 'ok') {
    if (run.limit !== undefined) return notBuilt(buildable, left, [stopped(run.limit, file)]);
    const { finding, fails } = failureOf({ ...buildable, stderr: run.stderr, closure: left, host });
    const old = await oldKustomize(allowed, host);
    if (old !== undefined) return notBuilt(buildable, left, [{ ...finding, hint: old }]);
    return { ...notBuilt(buildable, left, [finding]), fails };
  }
  const [top] = left.kustomizations;
  const charts = left.made.flatMap(chart => chart.unknowns);
  const { helm } = allowed;
  return {
    name: folder,
    file,
    isBuilt: true,
    text: run.stdout,
    findings: [],
    unread: unreadOf(left),
    unknowns: [...unknownsOf(left.unread, top), ...charts],
    places: placesOf(left),
    charted: chartedIn(left),
    ...(run.seconds !== undefined && { seconds: run.seconds }),
    ...(helm && { madeCharts: { count: left.made.length, helm: helm.version } }),
  };
}

/** kustomize went over a limit. */
function stopped(limit: string, file: string): Finding {
  return {
    rule: 'unreadable',
    severity: 'error',
    message: `kustomize cannot build it: ${overLimit(limit)}`,
    hint: RAISE_LIMITS,
    field: '',
    at: { file, line: 1, column: 1 },
  };
}

function notBuilt(
  { folder: name, file }: Buildable,
  closure: Closure,
  findings: readonly Finding[],
): ManifestSource {
  const namespace = textAt(closure.kustomizations[0]?.document, 'namespace');
  const unknown = {
    what: `the kustomization "${name}" (it cannot be built)`,
    isOfUnit: true as const,
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

/** Whether a kustomization is built from files alone, whose objects keep their names. */
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

/** Fields that make Secrets, or give objects other names. */
const CHANGING = ['secretGenerator', 'namePrefix', 'nameSuffix', 'replacements', 'vars'];

/** The places of all files that a kustomization is built from. */
function placesOf({ files, kustomizations, made }: Closure): string[] {
  const charts = made.flatMap(({ places }) => places);
  return [
    ...files.values(),
    ...charts,
    ...kustomizations.map(({ folder, name }) => join(folder, name)),
  ];
}

/** Why kustomize is not run: its functions are not allowed, or would miss what is left out. */
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

interface Built {
  readonly run: Run;
  /** The closure that it was built from at last. */
  readonly left: Closure;
}

/**
 * What kustomize built of the same files in an earlier run, or what it builds now. A build with functions or servers
 * is never kept. Where entries are left out, a replacement may miss its source or target: then it is built once more
 * without replacements.
 */
async function runOf(closure: Closure, buildable: Buildable, host: Host): Promise<Built> {
  const build = (): Promise<Run> => runKustomize(...placed(closure, buildable, host));
  const { enableExec, enableRemote } = buildable.allowed;
  const isKept = enableExec !== true && enableRemote !== true;
  const kept = isKept ? host.kept(partsOf(closure, buildable, host)) : undefined;
  const run = await keptRun(kept, build);
  const isLacking = /replacement|nothing selected by|fieldPath|cannot be mapped/.test(run.stderr);
  if (run.status === 'ok' || closure.unread.length === 0 || !isLacking)
    return { run, left: closure };
  const left = {
    ...closure,
    unread: [...closure.unread, ...unappliedIn(closure.kustomizations)],
  };
  return { run: await runKustomize(...placed(left, buildable, host)), left };
}

/** How kustomize is run: where the files are, or in a copy of them. */
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
    return [kustomizeRun(place, closure, buildable), host];
  }
  const room = host.scratchFolder();
  const run = kustomizeRun(join(room.cwd, relative(root, place)), closure, buildable);
  return [{ ...run, unwritten: copyIn(room, closure, root, host) }, room];
}

/** The folders that kustomize reads. */
function foldersIn({ kustomizations, files }: Closure): string[] {
  const named = kustomizations.flatMap(by => [
    by.folder,
    ...by.loads.map(load => entryPath({ by, load })),
  ]);
  return [...new Set([...named, ...[...files.values()].map(file => dirname(file))])];
}

/** Whether kustomize builds a copy of the files. Functions find their files only in the original. */
function needsCopy(
  { unread, replaced, made, kustomizations }: Closure,
  { enableExec }: Allowed,
): boolean {
  if (unread.length + replaced.length + made.length > 0) return true;
  return enableExec !== true && !kustomizations.every(({ text }) => isOneDocument(text));
}

function kustomizeRun(
  folder: string,
  { kustomizations }: Closure,
  { allowed, isUnrestricted = false }: Buildable,
): KustomizeRun {
  const flags = [
    ...(allowed.enableExec === true ? ['--enable-alpha-plugins', '--enable-exec'] : []),
    ...(isUnrestricted ? ['--load-restrictor', 'LoadRestrictionsNone'] : []),
  ];
  // kustomize sets the schema for all that the process does.
  const isLasting = kustomizations.some(
    ({ document }) => valuesAt(document, ['openapi']).length > 0,
  );
  return { folder, flags, allowed, isLasting };
}

/** The version of our call of kustomize: raised when the same files give another build. */
const FORM = 1;

function partsOf(
  { files, kustomizations, unread, made }: Closure,
  { root, folder, isUnrestricted = false }: Buildable,
  host: Host,
): KeptPart[] {
  const below = (place: string): string => relative(root, place);
  const left = unread.map(({ by, load, reason }) => [below(by.folder), by.name, load.path, reason]);
  const form = [
    FORM,
    isUnrestricted,
    host.isVirtual === true,
    below(host.realPath(folder) ?? folder),
    left,
  ];
  return [
    JSON.stringify(form),
    kustomizeForm(host),
    ...kustomizations.flatMap(({ folder: own, name, text }) => [below(own), name, text]),
    ...made.flatMap(({ by, name, text }) => [below(by.folder), name, text]),
    ...[...files].flatMap(([path, file]) => [below(path), below(file), host.readFile(file)]),
  ];
}

/**
 * A copy of the files of a build in a new folder, at the same places below the root, without entries
 * that are not read. Kustomizations become JSON, which all parsers read alike, and name their files
 * without links.
 */
function copyIn(
  room: Scratch,
  closure: Closure,
  root: string,
  host: Host,
): NonNullable<KustomizeRun['unwritten']> {
  const files = new Map<string, string | Uint8Array>();
  const add = (path: string, content: string | Uint8Array): void => {
    files.set(join(room.cwd, relative(root, path)), content);
  };
  for (const [path, file] of closure.files) add(path, host.readFile(file));
  for (const kustomization of closure.kustomizations) {
    const { folder, name, text } = kustomization;
    // An empty one is no value.
    add(
      join(folder, name),
      JSON.stringify(editedKustomization(kustomization, closure, host)) ?? text,
    );
  }
  for (const { by, name, text } of closure.made) add(join(by.folder, name), text);
  const write = (): void => {
    for (const [path, content] of files) room.writeFile(path, content);
  };
  return { files, write };
}

/** Changes the value at a path of a document. */
type Change = (value: unknown, path: Path) => unknown;

/** Stands for a value that is taken out. */
const NOTHING = Symbol('nothing');

/**
 * A kustomization without entries that are not read, and with links followed. Where entries are taken
 * out, patches get targets: a patch without a target fails if its object is missing.
 */
function editedKustomization(
  kustomization: Kustomization,
  { unread, replaced, made }: Closure,
  host: Host,
): unknown {
  const { loads, file } = kustomization;
  const generators = replaced.filter(({ by }) => by.file === file);
  const charts = made.filter(({ by }) => by.file === file);
  const out = [...unread, ...generators, ...charts]
    .filter(({ by }) => by.file === file)
    .map(({ load }) => keyOf(load.unit));
  const written = new Map(
    loads.map(load => [keyOf(load.path), withoutLinks(load, kustomization, host)]),
  );
  const edited = changed(kustomization.document, [], (value, path) => {
    const key = keyOf(path);
    return out.includes(key) ? NOTHING : (written.get(key) ?? value);
  });
  if (unread.length + generators.length + charts.length === 0 || !isMap(edited)) return edited;
  const targeted = unread.length === 0 ? edited : withTargets(edited, kustomization, host);
  return withResources(targeted, [
    ...generators.flatMap(({ files }) => files),
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
  const replacement = change(value, path);
  if (replacement !== value) return replacement;
  const below = (item: unknown, step: string | number): unknown =>
    changed(item, [...path, step], change);
  if (Array.isArray(value)) return value.map(below).filter(item => item !== NOTHING);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, below(item, key)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== NOTHING));
}

/** An entry with a path without links. A file of a generator keeps its name, which is its key. */
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
