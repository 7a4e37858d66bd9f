import { join } from 'node:path';
import type { Finding } from '../../core/finding.ts';
import type { Host } from '../../core/host.ts';
import { isMap, textAt } from '../../core/json.ts';
import { listItems } from '../../core/manifests.ts';
import { renderedKey } from '../../kinds/helm/release.ts';
import { kustomizationFile } from '../../kinds/krm.ts';
import { type Allowed, oldKustomize } from '../programs.ts';
import { type ChartedFile, type ManifestSource, readFound } from '../source.ts';
import { type Closure, closureOf, unknownsOf, unreadFinding } from './closure.ts';
import { failureOf } from './failure.ts';
import {
  type Buildable,
  entryPath,
  entryPlace,
  isPlain,
  parsed,
  valuesAt,
} from './kustomization.ts';
import { type Built, begunRun } from './run.ts';

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
