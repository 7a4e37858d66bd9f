import type { Maker, SecretNode } from '../../graph/secret-graph.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const duplicateTarget: Rule = {
  id: 'duplicate-target',
  severity: 'error',
  summary: 'Each Secret has one owner.',

  *check(graph) {
    const syncs = new Map(graph.externalSecrets.map(secret => [secret.item, secret]));
    for (const node of graph.secrets.values()) {
      if (node.makers.length < 2) continue;
      yield* otherOwners(node, syncs);
      yield* mergedOntoOwned(node, syncs);
    }
  },
};

type Syncs = ReadonlyMap<Item, ExternalSecret>;

function* otherOwners(node: SecretNode, syncs: Syncs): Iterable<RuleFault> {
  const [first, ...others] = ownersOf(node, syncs);
  if (first === undefined) return;
  for (const { item, path } of others) {
    if (isSameObject(item, first.item)) continue;
    yield {
      item,
      path,
      message: `Secret "${node.name}" is made by ${first.item.kind} "${first.item.name}" too`,
      hint: 'Give it a name of its own, or add keys to the other one with creationPolicy: Merge.',
      related: [{ item: first.item, path: first.path, note: 'the other maker' }],
    };
  }
}

/** Those that write the whole Secret; an operator or a person before an ExternalSecret. */
function ownersOf({ makers }: SecretNode, syncs: Syncs): Maker[] {
  const isSync = ({ item }: Maker): boolean => syncs.has(item);
  const whole = makers.filter(({ isMerging }) => !isMerging);
  const others = whole.filter(maker => !isSync(maker));
  const owning = whole.filter(({ item }) => {
    const sync = syncs.get(item);
    return sync !== undefined && !isGivingWay(sync, others.length > 0);
  });
  return [...others, ...owning];
}

/** It adds to what is there; or it only brings back once what an operator keeps from then on. */
function isGivingWay({ creationPolicy, refresh }: ExternalSecret, hasOther: boolean): boolean {
  if (creationPolicy === 'CreateOrMerge') return true;
  return hasOther && creationPolicy === 'Orphan' && !refresh.isActive;
}

/** One object in two files is one in two forms, as folders that no kustomization keeps apart have. */
function isSameObject(a: Item, b: Item): boolean {
  const isSame = a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
  return isSame && a.file !== b.file;
}

/** None writes to a Secret that another owns (docs/facts/eso.md#ownership). */
function* mergedOntoOwned({ makers, name }: SecretNode, syncs: Syncs): Iterable<RuleFault> {
  const owner = makers.find(({ item }) => syncs.get(item)?.creationPolicy === 'Owner');
  if (owner === undefined) return;
  for (const { item, path } of makers.filter(({ isMerging }) => isMerging)) {
    if (item === owner.item || isSameObject(item, owner.item)) continue;
    yield {
      item,
      path,
      message: `Secret "${name}" is owned by ${owner.item.kind} "${owner.item.name}", and ESO lets no other add to it`,
      hint: `Fetch the keys in "${owner.item.name}" too, or let it make the Secret with creationPolicy: Orphan.`,
      related: [{ item: owner.item, path: owner.path, note: 'the owner' }],
    };
  }
}
