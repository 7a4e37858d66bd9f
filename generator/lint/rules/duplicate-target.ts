import { groupBy, sortBy } from '../../core/json.ts';
import type { Maker, SecretGraph } from '../../graph/secret-graph.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { error, type Rule, type RuleFault } from '../rule.ts';

export const duplicateTarget: Rule = error('duplicate-target', function* (graph) {
  const policies = new Map(
    graph.externalSecrets.map(({ object, creationPolicy }) => [object, creationPolicy]),
  );
  for (const makers of makersByCluster(graph)) {
    yield* otherOwners(makers, policies);
    yield* mergedOntoOwned(makers, policies);
  }
});

/** The makers of each Secret that several make, grouped by cluster as far as that is known. */
export function* makersByCluster({ secrets, standingOf }: SecretGraph): Iterable<Maker[]> {
  for (const { makers } of secrets.values())
    if (makers.length > 1)
      yield* groupBy(makers, ({ object }) => standingOf?.get(object.file)).values();
}

type Policies = ReadonlyMap<PlacedObject, string>;

function* otherOwners(makers: readonly Maker[], policies: Policies): Iterable<RuleFault> {
  const owners = makers.filter(({ isMerging, isShared }) => !isMerging && !isShared);
  const [first, ...others] = sortBy(owners, ({ object }) => String(policies.has(object)));
  if (first === undefined) return;
  for (const { object, path, secret, request } of others) {
    // The rule shared-certificate tells of two that ask for one certificate.
    const isRequested = request !== undefined && request === first.request;
    if (isSameObject(object, first.object) || isRequested) continue;
    yield {
      object,
      path,
      message: `Secret "${secret}" is made by ${first.object.kind} "${first.object.name}" too`,
      hint: 'Give it a name of its own, or add keys to the other one with creationPolicy: Merge.',
      related: [{ object: first.object, path: first.path, note: 'the other maker' }],
    };
  }
}

/** Whether two files have the same object: folders that no kustomization keeps apart may have two forms of it. */
export function isSameObject(a: PlacedObject, b: PlacedObject): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name && a.file !== b.file;
}

/** No ExternalSecret can write to a Secret that another one owns (docs/facts/eso.md#ownership). */
function* mergedOntoOwned(makers: readonly Maker[], policies: Policies): Iterable<RuleFault> {
  const owner = makers.find(({ object }) => policies.get(object) === 'Owner');
  if (owner === undefined) return;
  for (const { object, path, secret } of makers.filter(({ isMerging }) => isMerging)) {
    if (object === owner.object || isSameObject(object, owner.object)) continue;
    yield {
      object,
      path,
      message: `Secret "${secret}" is owned by ${owner.object.kind} "${owner.object.name}", and ESO lets no other add to it`,
      hint: `Fetch the keys in "${owner.object.name}" too, or let it make the Secret with creationPolicy: Orphan.`,
      related: [{ object: owner.object, path: owner.path, note: 'the owner' }],
    };
  }
}
