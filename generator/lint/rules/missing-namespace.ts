import { isUnresolved } from '../../core/kube-object.ts';
import { doubtBeside } from '../../graph/doubts.ts';
import { absentReads } from '../../graph/reads.ts';
import { relatedField, relatedName, type SecretGraph } from '../../graph/secret-graph.ts';
import { appliedByKustomization, fluxKustomization } from '../../kinds/flux/kustomization.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { syncId } from '../../world/object-set.ts';
import { error, type Rule, type RuleFault } from '../rule.ts';

export const missingNamespace: Rule = error('missing-namespace', function* (graph) {
  const refused = [...refusedByFlux(graph)];
  yield* refused;
  const reported = new Set(refused.map(({ object }) => object));
  for (const { reader, related, stray, doubt } of absentReads(graph)) {
    if (stray === undefined || doubt !== undefined || reader.isByShape || reported.has(stray))
      continue;
    const isReader = stray === reader.object;
    const [home, secret] = isReader
      ? [related[0]?.object.namespace, `the Secret "${reader.secret}" that it reads is made`]
      : [
          reader.namespace,
          `${reader.object.kind} "${reader.object.name}" reads its Secret "${reader.secret}"`,
        ];
    // Where nothing names one, kubectl takes this.
    if (home === 'default') continue;
    reported.add(stray);
    // What is left out of its build may give it one.
    const unread = doubtBeside(graph, [stray.file]);
    yield {
      object: stray,
      path: ['metadata', 'namespace'],
      message: `${stray.kind} "${stray.name}" has no namespace, and ${secret} in "${home}"`,
      hint: `Write namespace: ${home}, or check it with the --namespace that it is applied with.`,
      related: isReader ? related : [relatedField(reader, 'reads it')],
      ...(unread !== undefined && { doubt: unread }),
    };
  }
});

/** Objects that Flux cannot apply, as neither they nor their Kustomization name a namespace (docs/facts/flux.md#target-namespace). */
export function* refusedByFlux({ objects, byKind, syncs }: SecretGraph): Iterable<RuleFault> {
  const appliers = new Map(
    byKind(fluxKustomization)
      .filter(
        object =>
          object.namespace !== '' &&
          appliedByKustomization(object).every(({ namespace }) => !namespace),
      )
      .map(object => [syncId(object, object.name), object] as const),
  );
  if (appliers.size === 0) return;
  const syncOf = ({ file }: PlacedObject): string => syncs?.get(file) ?? '';
  // A folder that holds further appliers is theirs too: what is applied with a namespace, and by which, is not sure.
  const outer = new Set(byKind(fluxKustomization).map(syncOf));
  for (const object of objects) {
    const { namespace, name, knownKind, written } = object;
    const mayHaveNone = namespace !== '' || !knownKind || knownKind.isOfCluster === true;
    if (mayHaveNone || written !== undefined || isUnresolved(name)) continue;
    const applier = appliers.get(syncOf(object));
    if (applier === undefined || outer.has(syncOf(object))) continue;
    yield {
      object,
      path: ['metadata', 'namespace'],
      message: `${object.kind} "${object.name}" has no namespace, and Flux applies it without one: the apply is refused`,
      hint: `Write a namespace, or give the Kustomization "${applier.name}" a targetNamespace.`,
      related: [relatedName(applier, 'applies it')],
    };
  }
}
