import { graphOf } from '../graph/graph-of.ts';
import { andThen, type Finding, type Outcome, ok } from '../ground/finding.ts';
import { type Host, textOf } from '../ground/host.ts';
import { GENERATED_MARKUP } from '../make/kustomize/folder-files.ts';
import { environmentNames } from '../make/model/unit-names.ts';
import { mergeEnvironment } from '../make/spec/merge-environment.ts';
import type { Named } from '../make/spec/named.ts';
import type { RunbookFormatName, SpecObject } from '../make/spec/spec.ts';
import type { Runbook } from '../operate/runbook/runbook.ts';
import { runbookOf } from '../operate/runbook/runbook-of.ts';
import { type ManifestSet, objectsOf, shownObjects } from '../read/sets/manifest-set.ts';
import { setsOfSpec } from '../read/sets/spec-sets.ts';
import { runbookFormats } from '../report/runbook/formats.ts';
import { notSeen } from './unread.ts';

/** The runbook of an overlay of a spec, or of manifests that a user names. */
export function runbookOfSet(set: ManifestSet, spec?: SpecObject): Runbook {
  const unit = set.unit?.name;
  return runbookOf({
    name: unit ?? 'manifests',
    ...(unit !== undefined && { overlay: unit === 'base' ? 'base' : `overlays/${unit}` }),
    graph: graphOf(objectsOf(set)),
    own: new Set(shownObjects(set)),
    keys: new Map(Object.entries(spec === undefined ? {} : keysIn(spec, unit))),
  });
}

function keysIn(spec: SpecObject, unit: string | undefined): Named<readonly string[]> {
  const { iam } = mergeEnvironment(spec, unit === 'base' ? undefined : unit);
  return iam?.keys ?? {};
}

/** A file that expand writes: its path from the repository's root, and its text. */
type TreeFile = readonly [path: string, text: string];

/** runbook/ of a spec, and what is missing in it. */
interface RunbookFiles {
  readonly files: readonly TreeFile[];
  readonly unread: readonly Finding[];
}

/** What people read of each environment, as kustomize builds the overlays that are there now. */
export function runbookFiles(spec: SpecObject, file: string, host: Host): Outcome<RunbookFiles> {
  const names = environmentNames(spec);
  const formats = new Map(
    (names.length > 0 ? names : ['base']).map(name => [name, formatsOf(spec, name)]),
  );
  return andThen(setsOfSpec(spec, { file }, host), sets => {
    const wanted = sets.filter(({ unit }) => (formats.get(unit?.name ?? '') ?? []).length > 0);
    const runbooks = wanted.map(set => runbookOfSet(set, spec));
    const isIn =
      (format: RunbookFormatName) =>
      ({ name }: Runbook) =>
        formats.get(name)?.includes(format) === true;
    const onPage = runbooks.filter(isIn('html'));
    const files = [
      ...runbooks
        .filter(isIn('markdown'))
        .map(runbook => fileOf(`${runbook.name}.md`, 'markdown', [runbook])),
      ...(onPage.length > 0 ? [fileOf('index.html', 'html', onPage)] : []),
    ];
    return ok({ files, unread: notSeen(wanted.flatMap(({ sources }) => [...sources])) });
  });
}

function formatsOf(spec: SpecObject, environment: string): readonly RunbookFormatName[] {
  const { runbook } = mergeEnvironment(spec, environment === 'base' ? undefined : environment);
  return runbook === undefined ? [] : (runbook.formats ?? ['markdown']);
}

function fileOf(name: string, format: RunbookFormatName, runbooks: readonly Runbook[]): TreeFile {
  return [`runbook/${name}`, GENERATED_MARKUP + runbookFormats[format].render(runbooks)];
}

/** The files in runbook/ that expand made before. */
export function keptRunbooks(host: Host): TreeFile[] {
  return host
    .listFiles('runbook')
    .filter(name => /\.(?:md|html)$/.test(name))
    .map((name): TreeFile => [`runbook/${name}`, textOf(`runbook/${name}`, host)])
    .filter(([, text]) => text.startsWith(GENERATED_MARKUP));
}
