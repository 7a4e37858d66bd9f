import { andThen, type Outcome, ok } from '../ground/finding.ts';
import type { KubeObject } from '../ground/kube-object.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/placed-object.ts';
import type { BuiltUnit } from '../make/built-unit.ts';
import { argocdObjects } from '../make/objects/argocd/argocd-objects.ts';
import { fluxFolder, fluxObjects } from '../make/objects/flux/flux-objects.ts';
import { type Expansion, expand, wholeUnits } from '../make/pipeline.ts';
import { parseSpec } from '../make/spec/parse-spec.ts';
import { nothingOutside, type ObjectSet } from '../read/sets/object-set.ts';
import { compare } from '../review/changes/compare.ts';
import type { Change } from '../review/changes/comparison.ts';
import type { DeployerTree } from './deployers/tree.ts';
import { hasValues, type Wanted } from './wanted.ts';

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
      const units = wholeUnits(expansion);
      return ok({
        proofs: all.map(wanted => proofOf(wanted, unitFor(wanted, units), validators)),
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

function unitFor({ name }: Wanted, units: readonly BuiltUnit[]): BuiltUnit | undefined {
  return units.find(unit => unit.name === (name === '' ? 'base' : name));
}

function proofOf(wanted: Wanted, unit: BuiltUnit | undefined, validators: Validators): Proof {
  const before = wanted.objects.filter(object => !hasValues(object));
  const after = (unit?.objects ?? []).map(({ object }) => placed(object, wanted.namespace));
  const sides = { name: wanted.name, base: setOf(before), head: setOf(after) };
  const { changes } = compare(sides, validators);
  return { environment: wanted.name, objects: before.length, changes };
}

function placed(object: KubeObject, namespace: string): PlacedObject {
  return placedObject(object, 0, [], namespace);
}

function setOf(objects: readonly PlacedObject[]): ObjectSet {
  return { objects, context: [], outside: nothingOutside };
}

/** What a spec makes to have its overlays applied, by the folders of a tree; `argocd` has all below it. */
function deployerFolders(expansion: Expansion): Map<string, readonly KubeObject[]> {
  const { argocd, flux } = expansion;
  const units = wholeUnits(expansion);
  const made = new Map<string, readonly KubeObject[]>();
  if (argocd !== undefined) {
    const { bootstrap, applications } = argocdObjects(argocd, units, new Map());
    made.set('argocd', [...bootstrap, ...applications]);
  }
  const folders = flux === undefined ? [] : fluxObjects(flux, units, new Map());
  for (const [cluster, objects] of folders) made.set(fluxFolder(cluster), objects);
  return made;
}
