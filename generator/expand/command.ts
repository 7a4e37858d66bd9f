import { dirname, join } from 'node:path';
import { iamFiles } from '#iam-files';
import { keptRunbooks, runbookFiles } from '#runbooks';
import type { Fault, Finding, Outcome } from '../core/finding.ts';
import { andThen, andThenAwait, ok, outcome } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { knownNames } from '../core/names.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import { addedObjects, withInjectedComponents } from '../environments/sets.ts';
import { findingFormats } from '../report/finding.ts';
import { flatPlace, jsonText, oneLine, placeText, shown, shownLines } from '../report/text.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { printFindings } from '../shell/print.ts';
import { withSpec } from '../shell/read-spec.ts';
import type { Obstacle } from '../shell/write-files.ts';
import type { IsTouched, TreeComparison } from '../shell/write-tree.ts';
import { compareTree, madeFolder, writeTree } from '../shell/write-tree.ts';
import { inDocument } from '../spec/parse.ts';
import { type Expansion, expand as expandSpec } from '../spec/pipeline.ts';
import { layersOf } from '../spec/shared-clusters.ts';
import type { SpecObject } from '../spec/spec.ts';
import { type FileTree, renderTree, touchedFiles } from '../spec/tree.ts';
import { explainedVariables } from '../spec/variables.ts';
import { kustomizationIn } from '../world/folders.ts';
import { within } from '../world/inside.ts';
import { locate, type SourceFile } from '../yaml/places.ts';

interface ExpandFlags {
  readonly check?: boolean;
  readonly environment?: string;
  readonly explainValues?: boolean;
  readonly out?: string;
}

export const expandCommand: CommandLine<ExpandFlags> = {
  name: 'expand',
  description: 'write base/, overlays/, argocd/, flux/, iam/ and runbook/ beside the spec',
  examples: [
    ['expand', 'write base/, overlays/ and the rest beside the spec'],
    ['expand --environment prod', 'write the overlay of prod, and what it shares with others'],
    ['expand --check', 'write nothing, and fail where the tree is not that of the spec'],
  ],
  define: (command, run) =>
    command
      .option('--out <folder>', 'write below this folder, and look there for components/')
      .option(
        '-e, --environment <name>',
        'write only this environment and what it shares with others',
      )
      .option('--check', 'write nothing; list what differs, and exit 1 if anything does')
      .option(
        '--explain-values',
        'write nothing; list each variable, its values and where it is used',
      )
      .action(run),
};

export const expand: Action<ExpandFlags> = { run: expandTree, formats: findingFormats };

async function expandTree(options: ExpandOptions, host: Host): Promise<number> {
  const folder = folderOf(options);
  const specFolder = host.below(folder);
  return withSpec(options, host, read => {
    if (options.explainValues === true) {
      host.stdout(explainValues(read, options.format));
      return ok(exitCodes.ok);
    }
    const spec =
      options.out === undefined ? read.spec : withInjectedComponents(read.spec, specFolder);
    const { environment } = options;
    const part = environment === undefined ? ok(() => true) : touchedFiles(spec, environment);
    return andThenAwait<IsTouched, number>(part, async isTouched =>
      andThenAwait(wholeTree(spec, specFolder), async whole => {
        const tree = new Map([...whole].filter(([path]) => isTouched(path)));
        const place = (files: FileTree): TreeComparison | undefined =>
          options.check === true
            ? compareTree(files, specFolder.cwd, isTouched)
            : writeTree(files, madeFolder({ what: 'the tree', folder }, host), {
                isCurrent: () => isUnchanged(read.source, host),
                isTouched,
              });
        return says(spec, 'runbook')
          ? placedWithRunbooks(spec, tree, place, options, host)
          : placed(place(tree), tree.size, options, host);
      }),
    );
  });
}

function isUnchanged({ parts = [], ...spec }: SourceFile, host: Host): boolean {
  return [spec, ...parts].every(
    ({ file, text }) => host.kindOf(file) === 'file' && textOf(file, host) === text,
  );
}

type ExpandOptions = ExpandFlags & CommonOptions;

function folderOf({ out, file }: ExpandOptions): string {
  return out ?? dirname(file);
}

async function placed(
  found: TreeComparison | undefined,
  files: number,
  options: ExpandOptions,
  host: Host,
): Promise<Outcome<number>> {
  if (found === undefined) return ok(await expandTree(options, host));
  const { changes, obstacles } = found;
  if (obstacles.length > 0) return ok(printFindings(obstacles.map(notOurs), options, host));
  if (options.check !== true) {
    host.stderr(`${files} files, ${changes.length} changed\n`);
    return ok(exitCodes.ok);
  }
  for (const { path, what } of changes) host.stdout(`${oneLine(path)}: would be ${what}\n`);
  if (changes.length > 0)
    host.stderr(`${changes.length} files differ; run \`rem-secrets expand\`\n`);
  return ok(changes.length === 0 ? exitCodes.ok : exitCodes.findings);
}

/** Writes the manifests first, and then the runbooks, which are made from what kustomize builds of the manifests. */
async function placedWithRunbooks(
  spec: SpecObject,
  tree: FileTree,
  place: (whole: FileTree) => TreeComparison | undefined,
  options: ExpandOptions,
  host: Host,
): Promise<Outcome<number>> {
  const kept = keptRunbooks(host.below(folderOf(options)));
  const first = place(sortedTree([...tree, ...kept]));
  if (first === undefined || first.obstacles.length > 0)
    return placed(first, tree.size, options, host);
  return andThenAwait(
    await runbookFiles(spec, join(folderOf(options), 'rem-secrets.yaml'), host),
    async ({ files, unread }) => {
      if (unread.some(({ severity }) => severity === 'error'))
        return ok(printFindings(unread, options, host));
      const whole = sortedTree([...tree, ...files]);
      const then = place(whole);
      const before = options.check === true ? [] : first.changes;
      const found = then && { ...then, changes: [...before, ...then.changes] };
      return placed(found, whole.size, options, host);
    },
  );
}

function notOurs({ path, what }: Obstacle): Finding {
  return {
    rule: 'not-ours',
    severity: 'error',
    message: `rem-secrets did not make this ${what}`,
    hint: 'Move it away, delete it, or write below a folder of its own with --out.',
    field: '',
    at: { file: path, line: 1, column: 1 },
  };
}

function explainValues({ spec, source }: ReadSpec, format: string): string {
  const variables = explainedVariables(spec).map(({ name, values, paths }) => ({
    name: shown(name),
    values: values && Object.fromEntries([...values].map(([unit, value]) => [unit, shown(value)])),
    places: locate(
      paths.map(path => ({ id: name, message: path.join('\0'), path })),
      source,
    ),
  }));
  if (format === 'json')
    return jsonText({
      variables: variables.map(({ name, values = null, places }) => ({
        name,
        values,
        places: places.map(({ field, at }) => ({ field, ...flatPlace(at) })),
      })),
    });
  const lines = variables.flatMap(({ name, values, places }) => [
    `\${${name}}${values === undefined ? ' stays as it is: the spec declares no such variable' : ''}`,
    ...Object.entries(values ?? {}).map(([unit, value]) => `  ${unit}: ${value}`),
    ...places.map(({ field, at }) => `    ${at === undefined ? '' : `${placeText(at)}: `}${field}`),
  ]);
  return shownLines(
    `${[...lines, ...(lines.length === 0 ? ['no value has a variable'] : [])].join('\n')}\n`,
  );
}

function wholeTree(spec: SpecObject, specFolder: Host): Outcome<FileTree> {
  return andThen(expandSpec(spec, specFolder.validators), expansion =>
    andThen(checkComponents(spec, expansion, specFolder), () => {
      const components = addedObjects(expansion, specFolder);
      const manifests = renderTree(expansion, components);
      if (!says(spec, 'iam')) return ok(manifests);
      const files = iamFiles(spec, expansion, components);
      return andThen(files, ofIam => ok(sortedTree([...manifests, ...ofIam])));
    }),
  );
}

function says(spec: SpecObject, field: 'iam' | 'runbook'): boolean {
  return layersOf(spec).some(({ layer }) => (layer[field] ?? null) !== null);
}

function sortedTree(files: readonly (readonly [path: string, text: string])[]): FileTree {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reports components that have no folder: kustomize would only say that it cannot read them. */
function checkComponents(spec: SpecObject, { units }: Expansion, host: Host) {
  const files = within('.', host);
  const there = (host.entriesIn('components') ?? [])
    .map(({ name }) => name)
    .filter(name => kustomizationIn(join('components', name), files) !== undefined);
  const faults = units.flatMap(({ name, components }) =>
    components.flatMap((component, index): Fault[] => {
      if (there.includes(component)) return [];
      const message = `there is no component "${component}" in components/`;
      const hint = knownNames('components', component, there);
      const fault = { id: 'unknown-component', message, hint, path: ['components', index] };
      return inDocument([fault], spec, name);
    }),
  );
  return outcome(true, faults);
}
