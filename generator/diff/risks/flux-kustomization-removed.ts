import {
  fluxKustomization,
  isDeletingAll,
  isLeftByFlux,
  KEEP,
} from '../../kinds/flux/kustomization.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type Comparison, removedOf } from '../comparison.ts';
import { deletionOf } from '../deletion.ts';
import {
  anewLevel,
  type Gone,
  goneWith,
  isNothing,
  isTakenOver,
  lossLevel,
  relatedGone,
  withoutKept,
} from '../facts/claims.ts';
import { nameOf, placeOn, type Risk, type RiskRule, worstOf } from '../risk.ts';

export const fluxKustomizationRemoved: RiskRule = {
  id: 'flux-kustomization-removed',
  level: 'high',

  *check(comparison) {
    for (const { base } of removedOf(comparison, fluxKustomization)) {
      const { outcome, text } = deletionOf(comparison, base);
      // Flux's own Kustomization stays where the Flux operator makes it now.
      if (comparison.head.find(fluxKustomization, base.namespace, base.name)) continue;
      if (outcome === 'kept' || !isDeletingAll(base)) continue;
      const applied = goneWith(comparison, base);
      const gone = withoutKept(applied, isLeftByFlux);
      if (isNothing(gone) && !isNothing(applied)) continue;
      const verdict = isTakenOver(gone) ? takenOver(base, gone) : lost(comparison, base, gone);
      yield { ...placeOn('base', base), outcome: text, ...verdict };
    }
  },
};

type Verdict = Pick<Risk, 'level' | 'message' | 'hint' | 'related'>;

/** Flux does not delete what another one has applied since, but nobody knows which of the two comes first. */
function takenOver({ name }: PlacedObject, gone: Gone): Verdict {
  const hasData = gone.emptied.length > 0;
  return {
    level: hasData ? 'high' : 'warn',
    message: `the Flux Kustomization "${name}" is removed, and others apply what it applied: what it deletes before they do is made anew${hasData ? ', without its data' : ''}`,
    related: relatedGone(gone),
    hint: 'Set prune: false, or deletionPolicy: Orphan, in an earlier change: then nothing is deleted in between.',
  };
}

function lost({ base }: Comparison, { name }: PlacedObject, gone: Gone): Verdict {
  const { data, makers, others, emptied } = gone;
  const all = [...data, ...makers, ...others];
  const names = [...new Set(all.map(nameOf))];
  const more = names.length - SHOWN;
  const what =
    all.length === 0
      ? ''
      : `: ${names.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return {
    ...(all.length + emptied.length > 0 && {
      level: worstOf([lossLevel(base, data), anewLevel(base, emptied)]),
    }),
    message: `the Flux Kustomization "${name}" is removed, and with it all that it applied${what}`,
    hint: `Where something is to stay, set deletionPolicy: Orphan, or annotate it with ${KEEP}, in an earlier change.`,
    related: relatedGone(gone),
  };
}

const SHOWN = 4;
