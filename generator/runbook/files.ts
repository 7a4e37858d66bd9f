import { andThen, type Finding, type Outcome, ok } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { setsOfSpec } from '../environments/sets.ts';
import { graphOf } from '../graph/graph.ts';
import { notSeen } from '../shell/print.ts';
import { environmentNames } from '../spec/environment.ts';
import { mergeEnvironment } from '../spec/merge.ts';
import type { RunbookFormatName, Spec, SpecObject } from '../spec/spec.ts';
import { GENERATED_MARKUP } from '../spec/tree.ts';
import { isNamedFile } from '../world/inside.ts';
import { type ManifestSet, objectsOf, shownObjects } from '../world/object-set.ts';
import { type Runbook, runbookOf } from './entries.ts';
import { runbookFormats } from './formats.ts';

/** The runbook of an overlay of a spec, or of manifests that a user names. */
export function runbookOfSet(set: ManifestSet, spec?: SpecObject): Runbook {
  const unit = set.unit?.name;
  const overlay = unit === undefined || unit === 'base' ? unit : `overlays/${unit}`;
  const keys = new Map(Object.entries((spec && mergedUnit(spec, unit).iam?.keys) ?? {}));
  const named = { name: unit ?? 'manifests', overlay };
  return runbookOf(named, graphOf(objectsOf(set)), new Set(shownObjects(set)), keys);
}

function mergedUnit(spec: SpecObject, unit: string | undefined): Spec {
  return mergeEnvironment(spec, unit === 'base' ? undefined : unit);
}

type TreeFile = readonly [path: string, text: string];

/** The runbooks of all environments, as kustomize builds their overlays now. */
export async function runbookFiles(
  spec: SpecObject,
  file: string,
  host: Host,
): Promise<Outcome<{ readonly files: readonly TreeFile[]; readonly unread: readonly Finding[] }>> {
  const names = environmentNames(spec);
  const formats = new Map(
    (names.length > 0 ? names : ['base']).map((name): [string, readonly RunbookFormatName[]] => {
      const { runbook } = mergedUnit(spec, name);
      return [name, runbook === undefined ? [] : (runbook.formats ?? ['markdown'])];
    }),
  );
  return andThen(await setsOfSpec(spec, { file }, host), sets => {
    const selected = sets.filter(({ unit }) => (formats.get(unit?.name ?? '') ?? []).length > 0);
    const runbooks = selected.map(set => runbookOfSet(set, spec));
    const runbooksIn = (format: RunbookFormatName): Runbook[] =>
      runbooks.filter(({ name }) => formats.get(name)?.includes(format));
    const onPage = runbooksIn('html');
    const files = [
      ...runbooksIn('markdown').map(runbook => fileOf(`${runbook.name}.md`, 'markdown', [runbook])),
      ...(onPage.length > 0 ? [fileOf('index.html', 'html', onPage)] : []),
    ];
    return ok({ files, unread: notSeen(selected.flatMap(({ sources }) => [...sources])) });
  });
}

function fileOf(name: string, format: RunbookFormatName, runbooks: readonly Runbook[]): TreeFile {
  return [`runbook/${name}`, GENERATED_MARKUP + runbookFormats[format](runbooks)];
}

/** The files in runbook/ that expand made before. */
export function keptRunbooks(host: Host): TreeFile[] {
  return host
    .listFiles('runbook')
    .filter(name => /\.(?:md|html)$/.test(name) && isNamedFile(`runbook/${name}`, host))
    .map((name): TreeFile => [`runbook/${name}`, textOf(`runbook/${name}`, host)])
    .filter(([, text]) => text.startsWith(GENERATED_MARKUP));
}
