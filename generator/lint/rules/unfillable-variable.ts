import {
  AS_WRITTEN,
  fluxKustomization,
  isFilling,
  unfillableTexts,
} from '../../kinds/flux/kustomization.ts';
import { syncId } from '../../world/object-set.ts';
import { error, type Rule } from '../rule.ts';

export const unfillableVariable: Rule = error('unfillable-variable', function* (graph) {
  const { objects, byKind, find, syncs } = graph;
  const filling = new Map(
    byKind(fluxKustomization)
      .filter(object => isFilling(object, find))
      .map(object => [syncId(object, object.name), object] as const),
  );
  if (filling.size === 0) return;
  for (const object of objects) {
    const by = filling.get(syncs?.get(object.file) ?? '');
    const [first] = by === undefined || object.written !== undefined ? [] : unfillableTexts(object);
    if (by === undefined || first === undefined) continue;
    yield {
      object,
      path: first.path,
      message: `Flux cannot read "${first.text}" as a variable: nothing of Kustomization "${by.name}" is applied`,
      hint: `A name has letters, digits and "_", and a default is written \${NAME:-default}. What a program is to get as it stands begins with $\${, or its object is annotated with ${AS_WRITTEN}.`,
      related: [{ object: by, path: ['spec', 'postBuild'], note: 'has variables filled in' }],
    };
  }
});
