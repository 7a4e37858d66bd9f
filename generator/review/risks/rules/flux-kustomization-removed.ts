import { itemIdentity } from '../../../graph/graph-of.ts';
import { coreNamespace } from '../../../kinds/core/namespace.ts';
import { fluxKustomization } from '../../../kinds/flux/kustomization.ts';
import { isDeletingAll, KEEP } from '../../../kinds/flux/pruning.ts';
import type { Item } from '../../../kinds/kind.ts';
import { type Comparison, deployerOf, removedOf } from '../../changes/comparison.ts';
import { deletionOf } from '../../changes/deletion.ts';
import { relatedItems } from '../places.ts';
import type { Risk, RiskRule } from '../risk-rule.ts';

export const fluxKustomizationRemoved: RiskRule = {
  id: 'flux-kustomization-removed',
  level: 'high',
  summary: 'A Flux Kustomization that prunes is removed, and what it applied goes with it.',

  *check(comparison: Comparison) {
    const isStill = new Set(comparison.head.items.map(itemIdentity));
    for (const { base } of removedOf(comparison, fluxKustomization)) {
      const { outcome, text } = deletionOf(comparison, base);
      if (outcome === 'kept' || !isDeletingAll(base)) continue;
      const applied = comparison.base.items.filter(item => deployerOf(comparison, item) === base);
      const gone = applied.filter(item => !isStill.has(itemIdentity(item)));
      const said = applied.length > 0 && gone.length === 0 ? takenOver(base) : lost(base, gone);
      yield { item: base, side: 'base', path: ['metadata', 'name'], outcome: text, ...said };
    }
  },
};

type Said = Pick<Risk, 'level' | 'message' | 'hint' | 'related'>;

/** Flux leaves what another one has applied since, and the order of the two is not known. */
function takenOver({ name }: Item): Said {
  return {
    level: 'warn',
    message: `the Flux Kustomization "${name}" is removed, and others apply what it applied: what it deletes before they do is made anew`,
    hint: 'Set prune: false, or deletionPolicy: Orphan, in an earlier change: then nothing is deleted in between.',
  };
}

function lost({ name }: Item, gone: readonly Item[]): Said {
  const dear = gone.filter(isDear);
  const shown = [...dear, ...gone.filter(item => !isDear(item))].slice(0, SHOWN);
  const more = gone.length - shown.length;
  const names = shown.map(item => `${item.kind} "${item.name}"`);
  const all =
    names.length === 0 ? '' : `: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return {
    ...(gone.length > 0 && dear.length === 0 && { level: 'warn' }),
    message: `the Flux Kustomization "${name}" is removed, and with it all that it applied${all}`,
    hint: `Where something is to stay, set deletionPolicy: Orphan, or annotate it with ${KEEP}, in an earlier change.`,
    related: relatedItems(
      dear.map(item => ({ item, path: ['metadata', 'name'] })),
      'base',
      'goes with it, and its data too',
    ),
  };
}

/** Whether data goes with an object: what it keeps itself, or all that is in it. */
function isDear(item: Item): boolean {
  return item.known === coreNamespace || item.known?.keepsData?.(item) === true;
}

const SHOWN = 4;
