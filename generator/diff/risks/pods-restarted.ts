import { mapAt, textAt } from '../../core/json.ts';
import { statefulSet } from '../../kinds/apps.ts';
import { firstOf } from '../../report/text.ts';
import type { Changed } from '../diff.ts';
import { podChange } from '../facts/moves.ts';
import { fieldPlace, nameOf, type RiskRule, warn } from '../risk.ts';

export const podsRestarted: RiskRule = warn('pods-restarted', function* ({ changes, reordered }) {
  const changed = [...changes, ...reordered].filter(change => change.what === 'changed');
  // A change of an immutable field is rejected, and restarts nothing.
  for (const change of changed) {
    const { knownKind } = change.head;
    const fixed = knownKind?.changes?.fixed?.(change.before, change.after) ?? [];
    const fields = fixed.length > 0 ? [] : podChange(change);
    const [first] = fields;
    if (first === undefined || !hasPods(change)) continue;
    const texts = fields.map(({ text }) => text);
    yield {
      ...fieldPlace(change, first.path, first.basePath),
      message: `the pods of the ${nameOf(change.head)} are replaced: ${firstOf(texts, 3)}`,
      hint: isDown(change)
        ? 'Nothing runs between the old pods and the new ones: choose the time.'
        : 'Choose the time, if the pods are slow to start or to stop.',
    };
  }
});

function hasPods({ before, after }: Changed): boolean {
  const { replicas, paused } = mapAt(after, 'spec');
  const isByHand = textAt(after, 'spec', 'updateStrategy', 'type') === 'OnDelete';
  const isIdle = replicas === 0 || mapAt(before, 'spec')['replicas'] === 0;
  return !isByHand && !isIdle && paused !== true;
}

function isDown({ head, after }: Changed): boolean {
  const { replicas = 1 } = mapAt(after, 'spec');
  const isRecreated = textAt(after, 'spec', 'strategy', 'type') === 'Recreate';
  return isRecreated || (head.knownKind === statefulSet && replicas === 1);
}
