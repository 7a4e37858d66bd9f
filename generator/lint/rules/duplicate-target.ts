import type { Maker, SecretGraph } from '../../graph/secret-graph.ts';
import { groupBy } from '../../ground/group-by.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const duplicateTarget: Rule = {
  id: 'duplicate-target',
  severity: 'error',
  summary: 'Each Secret has one owner.',

  *check(graph) {
    const policies = creationPolicies(graph);
    for (const node of graph.secrets.values())
      for (const makers of meeting(node.makers, graph)) {
        yield* otherOwners(makers, policies);
        yield* mergedOntoOwned(makers, policies);
      }
  },
};

/** The makers of a Secret by where they are: those on one cluster, as far as is known, are in each other's way. */
function meeting(makers: readonly Maker[], { standings }: SecretGraph): Maker[][] {
  if (makers.length < 2) return [];
  return [...groupBy(makers, ({ item }) => standings?.get(item.file)).values()];
}

type Policies = ReadonlyMap<Item, string>;

function creationPolicies({ externalSecrets }: SecretGraph): Policies {
  return new Map(externalSecrets.map(({ item, creationPolicy }) => [item, creationPolicy]));
}

function* otherOwners(makers: readonly Maker[], policies: Policies): Iterable<RuleFault> {
  const [first, ...others] = ownersOf(makers, policies);
  if (first === undefined) return;
  for (const { item, path, secret } of others) {
    if (isSameObject(item, first.item)) continue;
    yield {
      item,
      path,
      message: `Secret "${secret}" is made by ${first.item.kind} "${first.item.name}" too`,
      hint: 'Give it a name of its own, or add keys to the other one with creationPolicy: Merge.',
      related: [{ item: first.item, path: first.path, note: 'the other maker' }],
    };
  }
}

/** Those that write the whole Secret; an operator or a person before an ExternalSecret. */
function ownersOf(makers: readonly Maker[], policies: Policies): Maker[] {
  const owners = makers.filter(({ isMerging, isShared }) => !isMerging && !isShared);
  const isSync = ({ item }: Maker): boolean => policies.has(item);
  return [...owners.filter(maker => !isSync(maker)), ...owners.filter(isSync)];
}

/** One object in two files is one in two forms, as folders that no kustomization keeps apart have. */
function isSameObject(a: Item, b: Item): boolean {
  const isSame = a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
  return isSame && a.file !== b.file;
}

/** None writes to a Secret that another owns (docs/facts/eso.md#ownership). */
function* mergedOntoOwned(makers: readonly Maker[], policies: Policies): Iterable<RuleFault> {
  const owner = makers.find(({ item }) => policies.get(item) === 'Owner');
  if (owner === undefined) return;
  for (const { item, path, secret } of makers.filter(({ isMerging }) => isMerging)) {
    if (item === owner.item || isSameObject(item, owner.item)) continue;
    yield {
      item,
      path,
      message: `Secret "${secret}" is owned by ${owner.item.kind} "${owner.item.name}", and ESO lets no other add to it`,
      hint: `Fetch the keys in "${owner.item.name}" too, or let it make the Secret with creationPolicy: Orphan.`,
      related: [{ item: owner.item, path: owner.path, note: 'the owner' }],
    };
  }
}
