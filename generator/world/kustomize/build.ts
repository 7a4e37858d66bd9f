import { basename, dirname, join, relative } from 'node:path';
import type { Finding, Path } from '../../core/finding.ts';
import type { Host, Run, Scratch } from '../../core/host.ts';
import { isMap, type JsonObject, textAt } from '../../core/json.ts';
import { annotationsOf, listItems } from '../../core/kube-object.ts';
import { renderedKey } from '../../kinds/helm/release.ts';
import { kustomizationFile } from '../../kinds/krm.ts';
import { parseStream } from '../../yaml/parse.ts';
import { isBelow, pathFrom } from '../inside.ts';
import {
  type Allowed,
  builderName,
  keptRun,
  kustomizeForm,
  oldKustomize,
  overLimit,
  RAISE_LIMITS,
  runKustomize,
} from '../programs.ts';
import { type ChartedFile, type ManifestSource, readFound, topOf } from '../source.ts';
import { refused } from './bombs.ts';
import type { Closure } from './closure.ts';
import { closureOf, unappliedIn, unknownsOf, unreadFinding, withCharts } from './closure.ts';
import { failureOf } from './failure.ts';
import type { Buildable, Kustomization, Load } from './kustomization.ts';
import {
  entryPath,
  entryPlace,
  entryTarget,
  isField,
  isOneDocument,
  loadsOf,
  valuesAt,
  withTargets,
} from './kustomization.ts';

/** Builds a kustomization. Most only list files: these are the build, and kustomize is started for all that it might refuse. */
export async function builtOrListed(
  buildable: Buildable,
  shown: (place: string) => string,
  host: Host,
): Promise<readonly ManifestSource[]> {
  const closure = closureOf(buildable, host);
  return listedFiles(closure, buildable, shown, host) ?? [await built(buildable, host, closure)];
}

function listedFiles(
  closure: Closure,
  { isUnrestricted }: Buildable,
  shown: (place: string) => string,
  host: Host,
) {
  const [only, ...more] = closure.kustomizations;
  if (only === undefined || more.length > 0 || !isList(only.document) || !isOneDocument(only.text))
    return undefined;
  const { faults, unread, replaced, programs, links, files } = closure;
  const others = [faults, unread, replaced, programs, links];
  if (others.some(({ length }) => length > 0)) return undefined;
  if (files.size !== loadsOf(only).length) return undefined;
  const isBeside = (place: string): boolean => !isBelow(only.folder, place);
  if (isUnrestricted !== true && [...files.values()].some(isBeside)) return undefined;
  const sources = [...files.values()].map(place => ({
    ...readFound(shown(place), host),
    places: [place, join(only.folder, only.name)],
  }));
  return areObjects(sources) ? sources : undefined;
}

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
  const ids = new Set<string>();
  return sources.every(({ text }) => {
    if (text === undefined) return false;
    const { value: documents } = parseStream(text);
    if (documents === undefined || !isWrittenAlike(text, documents)) return false;
    return documents.every(document => document === null || isNew(document, ids));
  });
}

/** Whether kustomize writes a text as it is: it changes folded and kept blocks, dates and nulls in brackets, and refuses some names. */
export function isWrittenAlike(text: string, documents: readonly unknown[]): boolean {
  if (/(?:^|[\s:-])(?:>[-+\d]*|\|\d*\+\d*)[ \t]*(?:#|$)/m.test(text)) return false;
  if (/(?:^|[\s{,[-])(?:[-+.]?\d[\w.+-]{0,99}|true|false) {0,99}:(?:\s|$)/im.test(text))
    return false;
  if (/[\s:{,[]\d{4}-\d\d?-\d\d?(?:[Tt\s,}\]]|$)/.test(text)) return false;
  return !/[{[]/.test(text) || !documents.some(holdsNull);
}

function holdsNull(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(child => child === null || holdsNull(child));
}

function isNew(document: unknown, ids: Set<string>): boolean {
  if (!isMap(document) || listItems(document) !== undefined) return false;
  const { apiVersion, kind, metadata } = document;
  if (!isName(apiVersion) || !isName(kind) || !isMap(metadata)) return false;
  const { name, namespace, generateName, annotations, labels } = metadata;
  if (!isName(name) || !(namespace === undefined || isName(namespace))) return false;
  if (![annotations, labels].every(isOfTexts)) return false;
  if (generateName !== undefined || kind.endsWith('List') || isMarked(document)) return false;
  // Kinds of the whole cluster have no namespace, whatever is written.
  const id = JSON.stringify([apiVersion.replace(/\/.*/, ''), kind, name]);
  return !ids.has(id) && ids.add(id) !== undefined;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isOfTexts(map: unknown): boolean {
  const isText = ([name, value]: [string, unknown]): boolean =>
    name !== '' && typeof value === 'string';
  return map === undefined || (isMap(map) && Object.entries(map).every(isText));
}

/** Whether a text has an object that kustomize leaves out, or takes annotations from. */
export function holdsMarked({ text = '' }: ManifestSource): boolean {
  if (!/config\.k(?:8s|ubernetes)\.io\//.test(text)) return false;
  return parseStream(text).value?.some(document => isMap(document) && isMarked(document)) ?? false;
}

function isMarked(document: JsonObject): boolean {
  return Object.keys(annotationsOf(document)).some(name =>
    /^(?:alpha\.|internal\.)?config\.(?:k8s|kubernetes)\.io\//.test(name),
  );
}

/** Builds a kustomization of checked files. What is remote, outside of the root or a chart is left out, with a finding. */
export async function built(
  buildable: Buildable,
  host: Host,
  found: Closure = closureOf(buildable, host),
): Promise<ManifestSource> {
  const closure = found.charts.length === 0 ? found : await withCharts(found, host);
  const refusal = refusalOf(closure, buildable.allowed);
  const faults = closure.faults.length > 0 ? closure.faults : refusal && [refusal];
  if (faults !== undefined) return notBuilt(buildable, closure, faults);
  const { run, left, isRun } = await runOf(closure, buildable, host);
  const { file, allowed } = buildable;
  if (run.status !== 'ok') {
    if (run.limit !== undefined)
      return notBuilt(buildable, left, [refused(overLimit(run.limit), RAISE_LIMITS, topOf(file))]);
    const failure = failureOf({ ...buildable, stderr: run.stderr, closure: left, host });
    const { finding, ...fails } = failure;
    const old = await oldKustomize(allowed, host);
    if (old !== undefined) return notBuilt(buildable, left, [{ ...finding, hint: old }]);
    return { ...notBuilt(buildable, left, [finding]), ...fails };
  }
  const [top] = left.kustomizations;
  const charts = left.made.flatMap(chart => chart.unknowns);
  const { helm } = allowed;
  return {
    ...sourceOf(buildable, left),
    isBuilt: true,
    text: run.stdout,
    findings: [],
    unknowns: [...unknownsOf(left.unread, top), ...charts],
    ...(isRun && (await howBuilt(run, allowed, host))),
    ...(helm && { madeCharts: { count: left.made.length, helm: helm.version } }),
  };
}

async function howBuilt({ seconds }: Run, allowed: Allowed, host: Host) {
  const builder = await builderName(allowed, host);
  return { ...(seconds !== undefined && { seconds }), ...(builder !== undefined && { builder }) };
}

function notBuilt(buildable: Buildable, closure: Closure, findings: readonly Finding[]) {
  const namespace = textAt(closure.kustomizations[0]?.document, 'namespace');
  const unknown = {
    what: `the kustomization "${buildable.folder}" (it cannot be built)`,
    isOfUnit: true as const,
    ...(namespace !== undefined && { namespace }),
  };
  return {
    ...sourceOf(buildable, closure),
    isBuilt: false,
    findings,
    unknowns: isShownByFiles(closure) ? [] : [unknown],
    ...(namespace !== undefined && { namespace }),
  };
}

function sourceOf({ folder, file }: Buildable, closure: Closure) {
  const { files, kustomizations, made, functionPlaces, links } = closure;
  const unread = closure.unread.map(unreadFinding);
  return {
    name: folder,
    file,
    unread: [...new Map(unread.map(finding => [JSON.stringify(finding), finding])).values()],
    functionPlaces,
    links,
    places: [
      ...files.values(),
      ...functionPlaces,
      ...made.flatMap(({ places }) => places),
      ...kustomizations.map(({ folder: home, name }) => join(home, name)),
    ],
    charted: chartedIn(closure),
  };
}

function chartedIn({ kustomizations, made, unread }: Closure): ChartedFile[] {
  const others = new Set(
    unread
      .filter(({ reason, path }) => reason === 'chart' && path[0] !== 'helmCharts')
      .map(({ by }) => by.file),
  );
  return kustomizations
    .filter(by => others.has(by.file) || loadsOf(by).some(({ kind }) => kind === 'chart'))
    .map(({ folder, name, file, text }) => {
      const charts = made.filter(({ by }) => by.file === file);
      const rendered = charts.map(({ path }) => renderedKey({ at: path }));
      return { file, text, place: join(folder, name), rendered, hasOthers: others.has(file) };
    });
}

function isShownByFiles({ faults, unread, kustomizations, files }: Closure): boolean {
  const isPlain = kustomizations.every(({ document }) =>
    CHANGING.every(field => valuesAt(document, [field]).length === 0),
  );
  const places = new Set([...files.keys(), ...kustomizations.map(({ folder }) => folder)]);
  const areThere = kustomizations.flatMap(loadsOf).every(load => {
    if (load.kind === 'function' || load.kind === 'chart') return false;
    return load.kind !== 'base' || places.has(entryPath(load));
  });
  return isPlain && areThere && faults.length + unread.length === 0;
}

/** Fields that make Secrets, or give objects other names. */
const CHANGING = ['secretGenerator', 'namePrefix', 'nameSuffix', 'replacements', 'vars'];

function refusalOf({ programs, unread }: Closure, { enableExec }: Allowed): Finding | undefined {
  const [program] = programs;
  if (program === undefined || (enableExec === true && unread.length === 0)) return undefined;
  const [reason, hint] =
    enableExec === true
      ? ['its functions would run without what was not read', 'Take that out, or allow it too.']
      : ['it runs functions that are no part of kustomize', EXEC];
  return refused(reason, hint, entryPlace(program));
}

const EXEC = 'It runs functions: --enable-exec allows it, if you trust them.';

/**
 * What kustomize built of the same files in an earlier run, or what it builds now. A build with functions or servers
 * is never kept. Where entries are left out, a replacement may miss its source or target: then it is built once more
 * without replacements. `left`: what it was built from at last.
 */
async function runOf(closure: Closure, buildable: Buildable, host: Host) {
  const build = (): Promise<Run> => runKustomize(...placed(closure, buildable, host));
  const { enableExec, enableRemote } = buildable.allowed;
  const isKept = enableExec !== true && enableRemote !== true;
  const kept = isKept ? host.kept(partsOf(closure, buildable, host)) : undefined;
  const isLarge = closure.files.size > MANY && closure.unread.length === 0;
  const stdout = isLarge ? host.expanded?.(buildable.folder, host) : undefined;
  const run =
    stdout === undefined
      ? await keptRun(kept, build)
      : ({ status: 'ok', stdout, stderr: '' } as const);
  const isLacking = /replacement|nothing selected by|fieldPath|cannot be mapped/.test(run.stderr);
  if (run.status === 'ok' || closure.unread.length === 0 || !isLacking)
    return { run, left: closure, isRun: stdout === undefined };
  const unread = [...closure.unread, ...unappliedIn(closure.kustomizations)];
  const left = { ...closure, unread };
  return { run: await runKustomize(...placed(left, buildable, host)), left, isRun: true };
}

/** So many files take kustomize seconds, and its time grows with their square: what a spec surely makes is not built. */
const MANY = 500;

function placed(closure: Closure, build: Buildable, host: Host): Parameters<typeof runKustomize> {
  const { folder, root, allowed, isUnrestricted = false } = build;
  // A folder that is named like a URL is still that folder.
  const place = host.realPath(folder) ?? folder;
  const run = {
    folder: place,
    flags: [
      ...(allowed.enableExec === true ? ['--enable-alpha-plugins', '--enable-exec'] : []),
      ...(isUnrestricted ? ['--load-restrictor', 'LoadRestrictionsNone'] : []),
    ],
    allowed,
    // kustomize sets the schema for all that the process does.
    isLasting: closure.kustomizations.some(
      ({ document }) => valuesAt(document, ['openapi']).length > 0,
    ),
  };
  if (host.isVirtual !== true && !needsCopy(closure, allowed)) {
    host.onDisk?.(allowed.enableExec === true ? undefined : foldersIn(closure));
    return [run, host];
  }
  const scratch = host.scratchFolder();
  const copy = join(scratch.cwd, relative(root, place));
  return [{ ...run, folder: copy, unwritten: copyIn(scratch, closure, root, host) }, scratch];
}

function foldersIn({ kustomizations, files }: Closure): string[] {
  const folders = kustomizations.map(({ folder }) => folder);
  const named = kustomizations.flatMap(loadsOf).map(entryPath);
  return [...new Set([...folders, ...[...files.values()].map(dirname), ...named])];
}

/** Whether kustomize builds a copy of the files. Functions find their files only in the original. */
function needsCopy({ unread, replaced, made, kustomizations }: Closure, { enableExec }: Allowed) {
  if (unread.length + replaced.length + made.length > 0) return true;
  return enableExec !== true && !kustomizations.every(({ text }) => isOneDocument(text));
}

/** The version of our call of kustomize: raised when the same files give another build. */
const FORM = 1;

function partsOf(closure: Closure, buildable: Buildable, host: Host) {
  const { files, kustomizations, unread, made } = closure;
  const { root, folder, isUnrestricted = false } = buildable;
  const below = (place: string): string => pathFrom(root, place);
  const left = unread.map(({ by, path, reason }) => [below(by.folder), by.name, path, reason]);
  const place = below(host.realPath(folder) ?? folder);
  const form = [FORM, isUnrestricted, host.isVirtual === true, place, left];
  return [
    JSON.stringify(form),
    kustomizeForm(host),
    ...kustomizations.flatMap(({ folder: at, name, text }) => [below(at), name, text]),
    ...made.flatMap(({ by, files: [name], text }) => [below(by.folder), name, text]),
    ...[...files].flatMap(([path, file]) => [below(path), below(file), host.readFile(file)]),
  ];
}

/** A copy of a build's files without what is not read. Kustomizations become JSON, which all parsers read alike, without links. */
function copyIn(scratch: Scratch, closure: Closure, root: string, host: Host) {
  const files = new Map<string, string | Uint8Array>();
  const add = (path: string, content: string | Uint8Array): void => {
    files.set(join(scratch.cwd, relative(root, path)), content);
  };
  for (const [path, file] of closure.files) add(path, host.readFile(file));
  for (const by of closure.kustomizations) {
    const edited = JSON.stringify(editedKustomization(by, closure, host));
    add(join(by.folder, by.name), edited ?? by.text);
  }
  for (const made of closure.made) add(join(made.by.folder, made.files[0]), made.text);
  const write = (): void => {
    for (const [path, content] of files) scratch.writeFile(path, content);
  };
  return { files, write };
}

/** A kustomization without what is not read, and with links followed. Then patches get targets, as their object may be missing. */
function editedKustomization(by: Kustomization, { unread, replaced, made }: Closure, host: Host) {
  const isOurs = (load: Load): boolean => load.by.file === by.file;
  const instead = [...replaced, ...made].filter(isOurs);
  const out = [...unread.filter(isOurs), ...instead];
  const edits = new Map<string, unknown>([
    ...loadsOf(by).map(load => [JSON.stringify(load.path), withoutLinks(load, host)] as const),
    ...out.map(({ unit }) => [JSON.stringify(unit), undefined] as const),
  ]);
  const edited = withEdits(by.document, edits);
  if (unread.length + instead.length === 0 || !isMap(edited)) return edited;
  const document = unread.length === 0 ? edited : withTargets(edited, by, host);
  const field = Object.keys(document).find(key => isField(key, 'resources')) ?? 'resources';
  const listed = document[field];
  const more = instead.flatMap(({ files }) => files);
  return { ...document, [field]: [...(Array.isArray(listed) ? listed : []), ...more] };
}

function withEdits(value: unknown, edits: ReadonlyMap<string, unknown>, path: Path = []): unknown {
  const key = JSON.stringify(path);
  if (edits.has(key)) return edits.get(key);
  const below = (item: unknown, step: string | number): unknown =>
    withEdits(item, edits, [...path, step]);
  if (Array.isArray(value)) return value.map(below).filter(item => item !== undefined);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, below(item, name)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

/** An entry with a path without links. A file of a generator keeps its name, which is its key. */
function withoutLinks(load: Load, host: Host): string {
  const { by, kind, entry, path } = load;
  const place = entryTarget(load, host);
  if (place === undefined || place === entryPath(load)) return entry;
  const real = relative(by.folder, place) || '.';
  if (kind !== 'source' || !path.includes('files')) return real;
  const [key] = entry.includes('=') ? entry.split('=') : [basename(entry)];
  return `${key}=${real}`;
}
