import {
  fluxKustomization,
  isDeletingAll,
  isLeftByFlux,
  KEEP,
} from '../../kinds/flux/kustomization.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { firstOf } from '../../report/text.ts';
import { goingOf } from '../appliers.ts';
import type { Diff } from '../diff.ts';
import { anewLevel, type Gone, goneWith, lossLevel, relatedGone } from '../facts/claims.ts';
import { high, nameOf, placeOn, type Risk, type RiskRule, worstOf } from '../risk.ts';

export const fluxKustomizationRemoved: RiskRule = high(
  'flux-kustomization-removed',
  function* (diff) {
    for (const { base } of goingOf(diff, fluxKustomization)) {
      // Flux's own Kustomization stays where the Flux operator makes it now.
      const isOnHead = diff.head.find(fluxKustomization, base.namespace, base.name) !== undefined;
      if (isOnHead || !isDeletingAll(base)) continue;
      const gone = goneWith(diff, base, isLeftByFlux);
      if (gone.all.length === 0 && gone.isLeaving) continue;
      const isTakenOver = gone.remade.length > 0 && gone.all.length === gone.remade.length;
      const verdict = isTakenOver ? takenOver(base, gone) : lost(diff, base, gone);
      yield { ...placeOn('base', base), related: relatedGone(gone), ...verdict };
    }
  },
);

type Verdict = Pick<Risk, 'level' | 'message' | 'hint'>;

/** Flux does not delete what another one has applied since, but nobody knows which of the two comes first. */
function takenOver({ name }: PlacedObject, gone: Gone): Verdict {
  const hasData = gone.emptied.length > 0;
  return {
    level: hasData ? 'high' : 'warn',
    message: `the Flux Kustomization "${name}" is removed, and others apply what it applied: what it deletes before they do is made anew${hasData ? ', without its data' : ''}`,
    hint: 'Set prune: false, or deletionPolicy: Orphan, in an earlier change: then nothing is deleted in between.',
  };
}

function lost({ base }: Diff, { name }: PlacedObject, gone: Gone): Verdict {
  const { data, makers, others, emptied } = gone;
  const all = [...data, ...makers, ...others];
  const what = all.length === 0 ? '' : `: ${firstOf([...new Set(all.map(nameOf))], 4)}`;
  return {
    ...(all.length + emptied.length > 0 && {
      level: worstOf([lossLevel(base, data), anewLevel(base, emptied)]),
    }),
    message: `the Flux Kustomization "${name}" is removed, and with it all that it applied${what}`,
    hint: `Where something is to stay, set deletionPolicy: Orphan, or annotate it with ${KEEP}, in an earlier change.`,
  };
}
