import { groupBy, isSame } from '../../core/json.ts';
import { asJson } from '../../core/kube-object.ts';
import { duplicateGroups, type SecretGraph } from '../../graph/secret-graph.ts';
import { objectIdentity, type PlacedObject } from '../../kinds/kind.ts';
import { block, nameOf, placeOn, type RiskRule } from '../risk.ts';

export const identityDuplicate: RiskRule = block('identity-duplicate', function* (diff) {
  const { base, head, compared } = diff;
  const before = groupBy(duplicates(base), ({ last }) => objectIdentity(last));
  for (const { last, others } of duplicates(head)) {
    const old = before.get(objectIdentity(last)) ?? [];
    const isOld = old.some(({ others: earlier }) => earlier.length >= others.length);
    const isRefused = others.some(object => givenNamespace(object) === givenNamespace(last));
    // kustomize tells objects apart by the namespaces in the manifests, also where a kind has none.
    const isSaid = isRefused || !others.every(object => isSame(contentOf(object), contentOf(last)));
    if (!compared.has(last) || isOld || !isSaid) continue;
    const times = others.length === 1 ? 'twice' : `${others.length + 1} times`;
    const effect = isRefused
      ? 'kustomize refuses that, and without it only the last one counts'
      : 'a cluster has one, and only the last one counts';
    yield {
      ...(!isRefused && { level: 'high' }),
      ...placeOn('head', last),
      message: `the ${nameOf(last)} is there ${times}: ${effect}`,
      hint: 'Keep one of them, with what both are meant to say.',
      related: others.map(object => ({ ...placeOn('head', object), note: 'the same object' })),
    };
  }
});

function duplicates(graph: SecretGraph) {
  const named = graph.objects.filter(({ written, name }) => written === undefined && name !== '');
  return duplicateGroups(graph, named, objectIdentity);
}

function givenNamespace({ json }: PlacedObject): unknown {
  return json.metadata?.namespace;
}

function contentOf({ json }: PlacedObject): ReturnType<typeof asJson> {
  const { metadata: _, ...content } = json;
  return asJson({ ...content, metadata: { name: '' } });
}
