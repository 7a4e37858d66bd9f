import { join } from 'node:path';
import type { Finding } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { textAt } from '../../ground/json.ts';
import { renderedKey } from '../../kinds/helm/release.ts';
import type { ChartedFile, ManifestSource } from '../manifest-source.ts';
import type { Allowed } from './allowed.ts';
import { type Built, begunRun } from './begun-run.ts';
import { type Closure, closureOf } from './closure.ts';
import { failureOf } from './failure.ts';
import { type Buildable, entryPath, entryPlace } from './kustomization.ts';
import { oldKustomize } from './kustomize-tool.ts';
import { valuesAt } from './loads.ts';
import { unknownsOf, unreadFinding } from './unread.ts';

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
