import { fieldOf, type Path, type Place } from '../../ground/finding.ts';
import { maskMessage } from '../../ground/mask/text.ts';
import { type Item, objectName } from '../../kinds/kind.ts';
import type { FoundRisk } from '../../review/risks/check-risks.ts';
import { LEVELS } from '../../review/risks/risk-rule.ts';
import { type AcknowledgementEntry, acknowledgementOf } from './acknowledgements.ts';
import type { Compared } from './compared.ts';
import { onceForAll } from './once.ts';
import type { ReviewedRisk } from './review.ts';

/** The place of a field of an object of one side. */
export type SideFieldPlace = (side: 'base' | 'head', item: Item, path: Path) => Place | undefined;

/** The risks as they are shown, the worst first; the same in several environments once. */
export function reviewedRisks(
  compared: readonly Compared[],
  acknowledgements: readonly AcknowledgementEntry[],
  placeOf: SideFieldPlace,
): ReviewedRisk[] {
  const all = compared.flatMap(({ comparison, risks }) =>
    risks.map(risk => reviewedRisk(risk, comparison.name, acknowledgements, placeOf)),
  );
  return onceForAll(all, riskKey).sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

function riskKey({ rule, level, message, object, field, acknowledged }: ReviewedRisk): string {
  return JSON.stringify([rule, level, message, object.kind, object.name, field, acknowledged?.at]);
}

function reviewedRisk(
  { rule, level, item, side, path, message, hint, outcome, related = [] }: FoundRisk,
  environment: string,
  acknowledgements: readonly AcknowledgementEntry[],
  placeOf: SideFieldPlace,
): ReviewedRisk {
  const at = placeOf(side, item, path);
  const risk = {
    rule: rule.id,
    severity: level === 'block' ? ('error' as const) : ('warning' as const),
    level,
    message: maskMessage(message),
    hint: maskMessage(hint),
    ...(outcome !== undefined && { outcome }),
    object: objectName(item),
    side,
    field: maskMessage(fieldOf(path)),
    environments: [environment],
    ...(at !== undefined && { at }),
    related: related.map(other => {
      const place = placeOf(other.side, other.item, other.path);
      return {
        note: maskMessage(other.note),
        object: objectName(other.item),
        side: other.side,
        ...(place !== undefined && { at: place }),
      };
    }),
  };
  const acknowledged = acknowledgements.find(entry => entry.covers(risk, environment));
  return {
    ...risk,
    ...(acknowledged !== undefined && { acknowledged: acknowledgementOf(acknowledged) }),
  };
}
