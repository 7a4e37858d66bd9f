import { dirname, join } from 'node:path';
import { renderTree } from '../../kustomize/tree.ts';
import type { ComponentObjects } from '../../objects/argocd/placed-target.ts';
import { type Expansion, expand } from '../../pipeline.ts';
import { andThen, type Fault, type Outcome, outcome } from '../../source/finding.ts';
import { knownNames } from '../../source/suggest.ts';
import { inDocument } from '../../spec/source-path.ts';
import type { SpecObject } from '../../spec/spec.ts';
import { componentObjects } from '../component-objects.ts';
import { type Host, nodeHost } from '../host.ts';
import { within } from '../inside.ts';
import { kustomizationIn } from '../kustomization-files.ts';
import { type CommonOptions, exit, withSpec } from '../read-spec.ts';
import { compareTree, type TreeChange, writeTree } from '../write-tree.ts';

export interface ExpandOptions extends CommonOptions {
  readonly isCheck: boolean;
}

/** Writes base/, overlays/ and argocd/ beside the spec, or with --check tells how they differ. */
export function expandTree(options: ExpandOptions, host: Host): number {
  const beside = nodeHost(join(host.cwd, dirname(options.file)));
  return withSpec(options, host, ({ spec }) =>
    andThen(expand(spec, host.validators), expansion =>
      andThen(checkComponents(spec, expansion, beside), () => {
        const tree = renderTree(expansion, addedObjects(expansion, beside));
        const changes = compareTree(tree, beside);
        const foreign = changes.filter(({ what }) => what === 'not ours');
        if (foreign.length > 0) return refuse(foreign, host);
        if (options.isCheck) return check(changes, host);
        writeTree(tree, changes, beside);
        host.stderr(`${tree.size} files, ${changes.length} changed\n`);
        return exit('ok');
      }),
    ),
  );
}

/** What components add, which only Argo CD's AppProject has to know. */
function addedObjects({ argocd, targets }: Expansion, host: Host): ComponentObjects {
  if (argocd === undefined) return new Map();
  return componentObjects(new Set(targets.flatMap(({ components }) => components)), host);
}

function check(changes: readonly TreeChange[], host: Host): Outcome<number> {
  for (const { path, what } of changes) host.stdout(`${path}: would be ${what}\n`);
  if (changes.length > 0)
    host.stderr(`${changes.length} files differ; run \`rem-secrets expand\`\n`);
  return exit(changes.length === 0 ? 'ok' : 'findings');
}

function refuse(foreign: readonly TreeChange[], host: Host): Outcome<number> {
  for (const { path } of foreign) {
    host.stderr(
      `${path}: error: rem-secrets did not make this file and would overwrite it [not-ours]\n`,
    );
  }
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
