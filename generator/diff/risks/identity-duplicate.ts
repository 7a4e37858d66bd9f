import { isSame } from '../../core/json.ts';
import { asJson } from '../../core/kube-object.ts';
import { objectIdentity } from '../../graph/graph.ts';
import { duplicateGroups, type SecretGraph } from '../../graph/secret-graph.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { block, nameOf, placeOn, type Risk, type RiskRule } from '../risk.ts';

export const identityDuplicate: RiskRule = block(
  'identity-duplicate',
  function* ({ base, head, compared }) {
    const before = new Map<string, number>();
    for (const { last, others } of duplicates(base))
      before.set(
        objectIdentity(last),
        Math.max(others.length, before.get(objectIdentity(last)) ?? 0),
      );
    for (const { last, others } of duplicates(head))
      if (compared.has(last) && others.length > (before.get(objectIdentity(last)) ?? 0))
        yield* risksOf(last, others);
  },
);

function duplicates(graph: SecretGraph) {
  const written = graph.objects.filter(
    object => object.written === undefined && object.name !== '',
  );
  return duplicateGroups(graph, written, objectIdentity);
}

function* risksOf(last: PlacedObject, others: readonly PlacedObject[]): Iterable<Risk> {
  const isRefused = others.some(other => givenNamespace(other) === givenNamespace(last));
  // kustomize tells objects apart by the namespaces in the manifests, also where a kind has none.
  if (!isRefused && others.every(other => isSame(contentOf(other), contentOf(last)))) return;
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

function givenNamespace({ json }: PlacedObject): unknown {
  return json.metadata?.namespace;
}

function contentOf({ json }: PlacedObject): ReturnType<typeof asJson> {
  const { metadata: _, ...content } = json;
  return asJson({ ...content, metadata: { name: '' } });
}
