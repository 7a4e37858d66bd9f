import type { Path, Place } from '../../ground/finding.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { located, relatedAt } from '../../lint/locate-findings.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import { environmentOf } from '../../review/changes/comparison.ts';
import type { FoundRisk } from '../../review/risks/check-risks.ts';
import { LEVELS } from '../../review/risks/risk-rule.ts';
import { type AcknowledgementEntry, acknowledgementOf } from './acknowledgements.ts';
import type { Compared } from './compared.ts';
import { onceForAll } from './once.ts';
import type { ReviewedRisk } from './review.ts';

/** The place of a field of an object of one side. */
export type SideFieldPlace = (
  side: 'base' | 'head',
  object: PlacedObject,
  path: Path,
) => Place | undefined;

/** The risks as they are shown, the worst first; the same in several environments once. */
export function reviewedRisks(
  compared: readonly Compared[],
  acknowledgements: readonly AcknowledgementEntry[],
  placeOf: SideFieldPlace,
): ReviewedRisk[] {
  const all = compared.flatMap(({ comparison, risks }) =>
    risks.map(risk =>
      reviewedRisk(risk, environmentOf(comparison, risk.object), acknowledgements, placeOf),
    ),
  );
  return onceForAll(all, riskKey).sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

function riskKey({ rule, level, message, object, field, acknowledged }: ReviewedRisk): string {
  return JSON.stringify([rule, level, message, object.kind, object.name, field, acknowledged?.at]);
}

function reviewedRisk(
  found: FoundRisk,
  environment: string,
  acknowledgements: readonly AcknowledgementEntry[],
  placeOf: SideFieldPlace,
): ReviewedRisk {
  const { rule, level, side, outcome, related = [] } = found;
  const severity = level === 'block' ? 'error' : 'warning';
  const on = (wanted: typeof side): FieldPlace => placeOf.bind(undefined, wanted);
  const risk = {
    ...located(found, { id: rule.id, severity }, on(side)),
    level,
    ...(outcome !== undefined && { outcome }),
    side,
    environments: [environment],
    related: related.map(other => ({ ...relatedAt(other, on(other.side)), side: other.side })),
  };
  const acknowledged = acknowledgements.find(entry => entry.covers(risk, environment));
  return {
    ...risk,
    ...(acknowledged !== undefined && { acknowledged: acknowledgementOf(acknowledged) }),
  };
}
