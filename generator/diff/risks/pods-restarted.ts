import { mapAt, textAt } from '../../core/json.ts';
import { statefulSet } from '../../kinds/apps.ts';
import type { Changed } from '../diff.ts';
import { podChange } from '../facts/moves.ts';
import { fieldPlace, nameOf, type RiskRule, warn } from '../risk.ts';

export const podsRestarted: RiskRule = warn('pods-restarted', function* ({ changes, reordered }) {
  const changed = [...changes, ...reordered].filter(change => change.what === 'changed');
  // A change of an immutable field is rejected, and restarts nothing.
  for (const change of changed.filter(each => !isRefused(each))) {
    const fields = podChange(change);
    const [first] = fields;
    if (first === undefined || !hasPods(change)) continue;
    const shown = fields.slice(0, SHOWN).map(({ text }) => text);
    const more = fields.length > SHOWN ? ` and ${fields.length - SHOWN} more` : '';
    yield {
      ...fieldPlace(change, first.path, first.basePath),
      message: `the pods of the ${nameOf(change.head)} are replaced: ${shown.join(', ')}${more}`,
      hint: isDown(change)
        ? 'Nothing runs between the old pods and the new ones: choose the time.'
        : 'Choose the time, if the pods are slow to start or to stop.',
    };
  }
});

const SHOWN = 3;

function hasPods({ before, after }: Changed): boolean {
  const { replicas, paused } = mapAt(after, 'spec');
  const isByHand = textAt(after, 'spec', 'updateStrategy', 'type') === 'OnDelete';
  const isIdle = replicas === 0 || mapAt(before, 'spec')['replicas'] === 0;
  return !isByHand && !isIdle && paused !== true;
}

function isDown({ head, after }: Changed): boolean {
  const { replicas = 1 } = mapAt(after, 'spec');
  const isRecreated = textAt(after, 'spec', 'strategy', 'type') === 'Recreate';
  return isRecreated || (head.known === statefulSet && replicas === 1);
}

function isRefused({ head, before, after }: Changed): boolean {
  return (head.known?.changes?.fixed?.(before, after) ?? []).length > 0;
}
