import { dirname, join } from 'node:path';
import { operator } from '#operator';
import {
  andThen,
  type Fault,
  type Finding,
  type Outcome,
  ok,
  outcome,
} from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import type { SourceFile } from '../../ground/locate.ts';
import { knownNames } from '../../ground/suggest.ts';
import { touchedFiles } from '../../make/kustomize/touched-files.ts';
import { type FileTree, renderTree } from '../../make/kustomize/tree.ts';
import { type Expansion, expand as expandSpec } from '../../make/pipeline.ts';
import { inDocument } from '../../make/spec/source-path.ts';
import type { ComponentObjects, SpecObject } from '../../make/spec/spec.ts';
import { componentObjects } from '../../read/component-objects.ts';
import { within } from '../../read/inside.ts';
import { kustomizationIn } from '../../read/kustomization-files.ts';
import { textOf } from '../../read/text-of.ts';
import { findingFormats } from '../../report/formats.ts';
import { oneLine } from '../../report/one-line.ts';
import type { Action, CommandLine, CommonOptions } from '../command.ts';
import { type Comparison, compareTree, type IsTouched } from '../host/tree/compare-tree.ts';
import { madeFolder } from '../host/tree/made-folder.ts';
import type { Obstacle } from '../host/tree/obstacle.ts';
import { writeTree } from '../host/tree/write-tree.ts';
import { exit, printFindings, withSpec } from '../read-spec.ts';

interface ExpandFlags {
  readonly check?: boolean;
  /** The only one whose files are written, with those that it shares. */
  readonly environment?: string;
  /** Where the tree is, if not beside the spec. */
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
        'write what is its own and what it shares; leave the rest as it is',
      )
      .option('--check', 'write nothing; list what differs, and exit 1 if anything does')
      .action(run),
};

export const expand: Action<ExpandFlags> = { run: expandTree, formats: findingFormats };

/** Writes base/, overlays/ and the rest beside the spec, or with --check tells how they differ. */
function expandTree(options: ExpandOptions, host: Host): number {
  return withSpec(options, host, read =>
    andThen(partOf(options, read.spec), isTouched =>
      andThen(wholeTree(read.spec, options, host), whole => {
        const tree = new Map([...whole].filter(([path]) => isTouched(path)));
        const place = (files: FileTree): Comparison | undefined =>
          options.check === true
            ? compareTree(files, host.below(folderOf(options)).cwd, isTouched)
            : writeTree(files, madeFolder({ what: 'the tree', folder: folderOf(options) }, host), {
                isCurrent: () => isUnchanged(read.source, host),
                isTouched,
              });
        return hasField(read.spec, 'runbook')
          ? placedWithRunbooks(read.spec, tree, place, options, host)
          : placed(place(tree), tree.size, options, host);
      }),
    ),
  );
}

/** What is written or compared, by path: all, or what an environment has and shares. */
function partOf({ environment }: ExpandOptions, spec: SpecObject): Outcome<IsTouched> {
  return environment === undefined ? ok(() => true) : touchedFiles(spec, environment);
}

/** All but the runbooks. */
function wholeTree(spec: SpecObject, options: ExpandOptions, host: Host): Outcome<FileTree> {
  const beside = host.below(folderOf(options));
  return andThen(expandSpec(spec, host.validators), expansion =>
    andThen(checkComponents(spec, expansion, beside), () => treeOf(spec, expansion, beside)),
  );
}

/** Whether the files of a spec are as they were when they were read. */
function isUnchanged({ parts = [], ...own }: SourceFile, host: Host): boolean {
  return [own, ...parts].every(
    ({ file, text }) => host.kindOf(file) === 'file' && textOf(file, host) === text,
  );
}

type ExpandOptions = ExpandFlags & CommonOptions;

/** The folder that the tree is in. */
function folderOf({ out, file }: ExpandOptions): string {
  return out ?? dirname(file);
}

/** What came of writing; from the start when the spec is another by now. */
function placed(
  found: Comparison | undefined,
  files: number,
  options: ExpandOptions,
  host: Host,
): Outcome<number> {
  return found === undefined ? ok(expandTree(options, host)) : tell(found, files, options, host);
}

/** Runbooks are made from what kustomize builds of the manifests, which are therefore written before. */
function placedWithRunbooks(
  spec: SpecObject,
  tree: FileTree,
  place: (whole: FileTree) => Comparison | undefined,
  options: ExpandOptions,
  host: Host,
): Outcome<number> {
  const kept = operator.keptRunbooks(host.below(folderOf(options)));
  const first = place(sorted([...tree, ...kept]));
  if (first === undefined || first.obstacles.length > 0)
    return placed(first, tree.size, options, host);
  return andThen(
    operator.runbookFiles(spec, join(folderOf(options), 'rem-secrets.yaml'), host),
    ({ files, unread }) => {
      if (unread.some(({ severity }) => severity === 'error'))
        return ok(printFindings(unread, options, host));
      const whole = sorted([...tree, ...files]);
      const then = place(whole);
      const before = options.check === true ? [] : first.changes;
      const found = then && { ...then, changes: [...before, ...then.changes] };
      return placed(found, whole.size, options, host);
    },
  );
}

function sorted(files: readonly (readonly [path: string, text: string])[]): FileTree {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** All that expand writes: manifests, and the IAM that they need. */
function treeOf(spec: SpecObject, expansion: Expansion, host: Host): Outcome<FileTree> {
  const components = addedObjects(spec, expansion, host);
  const manifests = renderTree(expansion, components);
  if (!hasField(spec, 'iam')) return ok(manifests);
  return andThen(operator.iamFiles(spec, expansion, components), files =>
    ok(sorted([...manifests, ...files])),
  );
}

function hasField({ spec }: SpecObject, field: 'iam' | 'runbook'): boolean {
  const changes = Object.values(spec.environments ?? {});
  return [spec, ...changes].some(one => one?.[field] !== undefined && one[field] !== null);
}

/** What components add, which only those who apply them and IAM have to know. */
function addedObjects(
  spec: SpecObject,
  { argocd, flux, targets }: Expansion,
  host: Host,
): ComponentObjects {
  const isKnown = argocd !== undefined || flux !== undefined || hasField(spec, 'iam');
  if (!isKnown) return new Map();
  return componentObjects(new Set(targets.flatMap(({ components }) => components)), host);
}

function tell(
  { changes, obstacles }: Comparison,
  files: number,
  options: ExpandOptions,
  host: Host,
): Outcome<number> {
  if (obstacles.length > 0) return ok(printFindings(obstacles.map(notOurs), options, host));
  if (options.check === true) return tellDifferences(changes, host);
  host.stderr(`${files} files, ${changes.length} changed\n`);
  return exit('ok');
}

function tellDifferences(changes: Comparison['changes'], host: Host): Outcome<number> {
  for (const { path, what } of changes) host.stdout(`${oneLine(path)}: would be ${what}\n`);
  if (changes.length > 0)
    host.stderr(`${changes.length} files differ; run \`rem-secrets expand\`\n`);
  return exit(changes.length === 0 ? 'ok' : 'findings');
}

function notOurs({ path, what }: Obstacle): Finding {
  return {
    rule: 'not-ours',
    severity: 'error',
    message: `rem-secrets did not make this ${what}`,
    hint: 'Move it away, or delete it.',
    field: '',
    at: { file: path, line: 1, column: 1 },
  };
}

/** A component is a folder that people write; kustomize would only say that it cannot be read. */
function checkComponents(
  spec: SpecObject,
  { targets }: Expansion,
  host: Host,
): Outcome<undefined | true> {
  const own = within('.', host);
  const there = (host.entriesIn('components') ?? [])
    .map(({ name }) => name)
    .filter(name => kustomizationIn(join('components', name), own) !== undefined);
  const faults = targets.flatMap(({ name, components }) =>
    components.flatMap((component, index): Fault[] => {
      if (there.includes(component)) return [];
      const fault = {
        id: 'unknown-component',
        message: `there is no component "${component}" in components/`,
        hint: knownNames('components', component, there),
        path: ['components', index],
      };
      return inDocument([fault], spec, name);
    }),
  );
  return outcome(true, faults);
}
