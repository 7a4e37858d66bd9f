import { andThen, type Outcome, ok } from '../ground/finding.ts';
import type { KubeObject } from '../ground/kube-object.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import { itemOf } from '../kinds/item-of.ts';
import type { Item } from '../kinds/kind.ts';
import { type Expansion, expand, wholeTargets } from '../make/pipeline.ts';
import { parseSpec } from '../make/spec/parse-spec.ts';
import type { Target } from '../make/target.ts';
import { nothingOutside, type ObjectSet } from '../read/sets/object-set.ts';
import { compare } from '../review/changes/compare.ts';
import type { Change } from '../review/changes/comparison.ts';
import { deployerFolders } from './deployers/made.ts';
import type { DeployerTree } from './deployers/tree.ts';
import { hasValues } from './hand-made.ts';
import type { Wanted } from './wanted.ts';

/** What differs in an environment between what is there and what the spec makes. */
export interface Proof {
  /** Empty where there is one set of manifests alone. */
  readonly environment: string;
  /** How many objects were compared. */
  readonly objects: number;
  readonly changes: readonly Change[];
}

/** What was compared. */
export interface Proven {
  /** Of each environment. */
  readonly proofs: readonly Proof[];
  /** Of each folder with what applies them. */
  readonly deployers: readonly Proof[];
}

/**
 * Holds what a spec makes against what is wanted, environment by environment, as `diff` compares them.
 * It starts from the text of the spec: what is proven is what is written. Secrets with values are not
 * compared, as no spec makes them.
 */
export function prove(
  text: string,
  all: readonly Wanted[],
  folders: DeployerTree['folders'],
  validators: Validators,
): Outcome<Proven> {
  return andThen(parseSpec(text), spec =>
    andThen(expand(spec, validators), expansion => {
      const targets = wholeTargets(expansion);
      return ok({
        proofs: all.map(wanted => proofOf(wanted, targetFor(wanted, targets), validators)),
        deployers: deployerProofs(expansion, folders, validators),
      });
    }),
  );
}

/** What applies the overlays, folder by folder, as far as the spec says how that is done. */
function deployerProofs(
  expansion: Expansion,
  folders: DeployerTree['folders'],
  validators: Validators,
): Proof[] {
  return [...deployerFolders(expansion)].map(([folder, objects]) => {
    const before = folders.get(folder) ?? [];
    const after = objects.map(object => placed(object, ''));
    const sides = { name: folder, base: setOf(before), head: setOf(after) };
    const { changes } = compare(sides, validators);
    return { environment: folder, objects: before.length, changes };
  });
}

function targetFor({ name }: Wanted, targets: readonly Target[]): Target | undefined {
  return targets.find(target => target.name === (name === '' ? 'base' : name));
}

function proofOf(wanted: Wanted, target: Target | undefined, validators: Validators): Proof {
  const before = wanted.items.filter(item => !hasValues(item));
  const after = (target?.objects ?? []).map(({ object }) => placed(object, wanted.namespace));
  const sides = { name: wanted.name, base: setOf(before), head: setOf(after) };
  const { changes } = compare(sides, validators);
  return { environment: wanted.name, objects: before.length, changes };
}

function placed(object: KubeObject, namespace: string): Item {
  return itemOf(object, 0, [], namespace);
}

function setOf(items: readonly Item[]): ObjectSet {
  return { items, context: [], outside: nothingOutside };
}
