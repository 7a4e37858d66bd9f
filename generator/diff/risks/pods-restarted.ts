import { isSame, mapAt, textAt } from '../../core/json.ts';
import { statefulSet } from '../../kinds/apps.ts';
import { firstOf } from '../../report/text.ts';
import { type Changed, changedOf } from '../diff.ts';
import { fieldPath } from '../field-changes.ts';
import { fieldPlace, nameOf, type RiskRule, warn } from '../risk.ts';

export const podsRestarted: RiskRule = warn('pods-restarted', function* (diff) {
  for (const change of [...changedOf(diff), ...diff.reordered]) {
    const { before, after, head } = change;
    const source = head.knownKind?.pods?.source;
    if (source === undefined || !isReplacing(change)) continue;
    if (isSame(source.of(before), source.of(after))) continue;
    const fields = change.fields.filter(field => source.has(fieldPath(field)));
    const [first] = fields;
    const texts = first ? fields.map(({ field }) => field) : ['the order of its lists'];
    yield {
      ...fieldPlace(change, first ? fieldPath(first) : ['spec'], first?.basePath),
      message: `the pods of the ${nameOf(head)} are replaced: ${firstOf(texts, 3)}`,
      hint: isDown(change)
        ? 'Nothing runs between the old pods and the new ones: choose the time.'
        : 'Choose the time, if the pods are slow to start or to stop.',
    };
  }
});

/** A change of an immutable field is rejected, and restarts nothing. */
function isReplacing({ head, before, after }: Changed): boolean {
  const fixed = head.knownKind?.changes?.fixed?.(before, after) ?? [];
  const { replicas, paused } = mapAt(after, 'spec');
  const isByHand = textAt(after, 'spec', 'updateStrategy', 'type') === 'OnDelete';
  const isIdle = replicas === 0 || mapAt(before, 'spec')['replicas'] === 0;
  return fixed.length === 0 && !isByHand && !isIdle && paused !== true;
}

function isDown({ head, after }: Changed): boolean {
  const { replicas = 1 } = mapAt(after, 'spec');
  const isRecreated = textAt(after, 'spec', 'strategy', 'type') === 'Recreate';
  return isRecreated || (head.knownKind === statefulSet && replicas === 1);
}
