import { dirname, join } from 'node:path';
import { operator } from '#operator';
import { andThen, type Fault, type Outcome, ok, outcome } from '../../ground/finding.ts';
import { knownNames } from '../../ground/suggest.ts';
import { type FileTree, renderTree } from '../../make/kustomize/tree.ts';
import type { ComponentObjects } from '../../make/objects/argocd/placed-target.ts';
import { type Expansion, expand } from '../../make/pipeline.ts';
import { inDocument } from '../../make/spec/source-path.ts';
import type { SpecObject } from '../../make/spec/spec.ts';
import { oneLine } from '../../report/one-line.ts';
import { componentObjects } from '../component-objects.ts';
import type { Host } from '../host.ts';
import { within } from '../inside.ts';
import { kustomizationIn } from '../kustomization-files.ts';
import { type CommonOptions, exit, withSpec } from '../read-spec.ts';
import { textOf } from '../text-of.ts';
import { type Comparison, compareTree } from '../tree/compare-tree.ts';
import type { Obstacle } from '../tree/obstacle.ts';
import { writeTree } from '../tree/write-tree.ts';

export interface ExpandOptions extends CommonOptions {
  readonly isCheck: boolean;
}

/** Writes base/, overlays/ and argocd/ beside the spec, or with --check tells how they differ. */
export function expandTree(options: ExpandOptions, host: Host): number {
  const beside = host.below(dirname(options.file));
  return withSpec(options, host, read =>
    andThen(expand(read.spec, host.validators), expansion =>
      andThen(checkComponents(read.spec, expansion, beside), () =>
        andThen(treeOf(read.spec, expansion, beside), tree => {
          if (options.isCheck) return check(compareTree(tree, beside.cwd), host);
          const isCurrent = (): boolean => textOf(options.file, host) === read.source.text;
          const found = writeTree(tree, beside.cwd, isCurrent);
          return found === undefined ? ok(expandTree(options, host)) : tell(found, tree.size, host);
        }),
      ),
    ),
  );
}

/** All that expand writes: manifests, and the IAM that they need. */
function treeOf(spec: SpecObject, expansion: Expansion, host: Host): Outcome<FileTree> {
  const components = addedObjects(spec, expansion, host);
  const manifests = renderTree(expansion, components);
  if (!hasIam(spec)) return ok(manifests);
  return andThen(operator.iamFiles(spec, expansion, components), files =>
    ok(new Map([...manifests, ...files].sort(([a], [b]) => (a < b ? -1 : 1)))),
  );
}

function hasIam({ spec }: SpecObject): boolean {
  const changes = Object.values(spec.environments ?? {});
  return [spec, ...changes].some(one => one?.iam !== undefined && one.iam !== null);
}

/** What components add, which only Argo CD's AppProject and IAM have to know. */
function addedObjects(
  spec: SpecObject,
  { argocd, targets }: Expansion,
  host: Host,
): ComponentObjects {
  if (argocd === undefined && !hasIam(spec)) return new Map();
  return componentObjects(new Set(targets.flatMap(({ components }) => components)), host);
}

function check({ changes, obstacles }: Comparison, host: Host): Outcome<number> {
  if (obstacles.length > 0) return refuse(obstacles, host);
  for (const { path, what } of changes) host.stdout(`${oneLine(path)}: would be ${what}\n`);
  if (changes.length > 0)
    host.stderr(`${changes.length} files differ; run \`rem-secrets expand\`\n`);
  return exit(changes.length === 0 ? 'ok' : 'findings');
}

function tell({ changes, obstacles }: Comparison, files: number, host: Host): Outcome<number> {
  if (obstacles.length > 0) return refuse(obstacles, host);
  host.stderr(`${files} files, ${changes.length} changed\n`);
  return exit('ok');
}

function refuse(obstacles: readonly Obstacle[], host: Host): Outcome<number> {
  for (const { path, what } of obstacles)
    host.stderr(`${path}: error: rem-secrets did not make this ${what} [not-ours]\n`);
  host.stderr('  hint: Move it away, or delete it.\n');
  return exit('findings');
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
