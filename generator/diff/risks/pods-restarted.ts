import { mapAt, textAt } from '../../core/json.ts';
import { statefulSet } from '../../kinds/apps.ts';
import type { Changed } from '../comparison.ts';
import { podChange } from '../facts/moves.ts';
import { fieldPlace, nameOf, type Risk, type RiskRule } from '../risk.ts';

export const podsRestarted: RiskRule = {
  id: 'pods-restarted',
  level: 'warn',

  *check({ changes, reordered }) {
    for (const change of [...changes, ...reordered]) {
      if (change.what !== 'changed') continue;
      const { head, before, after } = change;
      // A change of an immutable field is rejected, and restarts nothing.
      if ((head.known?.changes?.fixed?.(before, after) ?? []).length > 0) continue;
      const fields = podChange(change);
      if (fields.length > 0 && hasPods(change)) yield riskOf(change, fields);
    }
  },
};

function riskOf(change: Changed, fields: ReturnType<typeof podChange>): Risk {
  const [first = { path: [], text: '' }] = fields;
  const shown = fields.slice(0, SHOWN).map(({ text }) => text);
  const more = fields.length > SHOWN ? ` and ${fields.length - SHOWN} more` : '';
  return {
    ...fieldPlace(change, first.path, first.basePath),
    message: `the pods of the ${nameOf(change.head)} are replaced: ${shown.join(', ')}${more}`,
    hint: isDown(change)
      ? 'Nothing runs between the old pods and the new ones: choose the time.'
      : 'Choose the time, if the pods are slow to start or to stop.',
  };
}

const SHOWN = 3;

/** Whether the controller replaces running pods. With OnDelete, somebody else does. */
function hasPods({ before, after }: Changed): boolean {
  const { replicas, paused } = mapAt(after, 'spec');
  const isByHand = textAt(after, 'spec', 'updateStrategy', 'type') === 'OnDelete';
  const isIdle = replicas === 0 || mapAt(before, 'spec')['replicas'] === 0;
  return !isByHand && !isIdle && paused !== true;
}

/** Whether all pods stop before a new one starts, as the only pod of a StatefulSet does. */
function isDown({ head, after }: Changed): boolean {
  const { replicas = 1 } = mapAt(after, 'spec');
  const isRecreated = textAt(after, 'spec', 'strategy', 'type') === 'Recreate';
  return isRecreated || (head.known === statefulSet && replicas === 1);
}
