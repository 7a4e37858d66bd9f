import { absentReads } from '../../graph/reads.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { appliedByKustomization, fluxKustomization } from '../../kinds/flux/kustomization.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { syncId } from '../../world/object-set.ts';
import { type Rule, type RuleFault, relatedField, relatedName } from '../rule.ts';

export const missingNamespace: Rule = {
  id: 'missing-namespace',
  severity: 'error',
  summary:
    'Each object that makes or reads a Secret, or that Flux applies, says in which namespace.',

  *check(graph) {
    const refused = [...refusedByFlux(graph)];
    yield* refused;
    const reported = new Set(refused.map(({ object }) => object));
    for (const { reader, related, stray, doubt } of absentReads(graph)) {
      if (stray === undefined || doubt !== undefined || reported.has(stray)) continue;
      reported.add(stray);
      yield apartFrom(stray, { reader, related });
    }
  },
};

/** An object without a namespace, of which the Secret is made or read in one. */
function apartFrom(
  stray: PlacedObject,
  { reader, related }: Pick<ReturnType<typeof absentReads>[number], 'reader' | 'related'>,
): RuleFault {
  const isReader = stray === reader.object;
  const home = isReader ? related[0]?.object.namespace : reader.namespace;
  const user = `${reader.object.kind} "${reader.object.name}"`;
  const secret = isReader
    ? `the Secret "${reader.secret}" that it reads is made`
    : `${user} reads its Secret "${reader.secret}"`;
  return {
    object: stray,
    path: ['metadata', 'namespace'],
    message: `${stray.kind} "${stray.name}" has no namespace, and ${secret} in "${home}"`,
    hint: `Write namespace: ${home}, or check it with the --namespace that it is applied with.`,
    related: isReader ? related : [relatedField(reader, 'reads it')],
  };
}

/** Objects that Flux cannot apply, as neither they nor their Kustomization name a namespace (docs/facts/flux.md#target-namespace). */
function* refusedByFlux({ objects, byKind, syncs }: SecretGraph): Iterable<RuleFault> {
  const appliers = new Map(
    byKind(fluxKustomization)
      .filter(object => appliedByKustomization(object).every(({ namespace }) => !namespace))
      .map(object => [syncId(object, object.name), object] as const),
  );
  for (const object of objects) {
    const { namespace, known, written } = object;
    if (namespace !== '' || known === undefined || known.isOfCluster || written !== undefined)
      continue;
    const applier = appliers.get(syncs?.get(object.file) ?? '');
    if (applier === undefined) continue;
    yield {
      object,
      path: ['metadata', 'namespace'],
      message: `${object.kind} "${object.name}" has no namespace, and Flux applies it without one: the apply is refused`,
      hint: `Write a namespace, or give the Kustomization "${applier.name}" a targetNamespace.`,
      related: [relatedName(applier, 'applies it')],
    };
  }
}
