import { fluxKustomization } from '../../kinds/flux/kustomization.ts';
import { isFilling, unfillableTexts } from '../../kinds/flux/unfillable.ts';
import type { Item } from '../../kinds/kind.ts';
import { syncId } from '../../read/sets/sync-id.ts';
import type { Rule } from '../rule.ts';

export const unfillableVariable: Rule = {
  id: 'unfillable-variable',
  severity: 'error',
  summary: 'Flux can read each variable in what it fills in.',

  *check({ items, byKind, syncs }) {
    const filling = new Map(
      byKind(fluxKustomization)
        .filter(isFilling)
        .map((kustomization): [string, Item] => [
          syncId(kustomization, kustomization.name),
          kustomization,
        ]),
    );
    if (filling.size === 0) return;
    for (const item of items) {
      const by = filling.get(syncs?.get(item.file) ?? '');
      const [first] = by === undefined || item.written !== undefined ? [] : unfillableTexts(item);
      if (by === undefined || first === undefined) continue;
      yield {
        item,
        path: first.path,
        message: `Flux cannot read "${first.text}" as a variable: nothing of Kustomization "${by.name}" is applied`,
        hint: `A name has letters, digits and "_", and a default is written \${NAME:-default}. What a program is to get as it stands begins with $\${, or its object is annotated with kustomize.toolkit.fluxcd.io/substitute: disabled.`,
        related: [{ item: by, path: ['spec', 'postBuild'], note: 'has variables filled in' }],
      };
    }
  },
};
