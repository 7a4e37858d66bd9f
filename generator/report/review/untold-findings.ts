import type { Finding } from '../../ground/finding.ts';
import { objectName } from '../../kinds/kind.ts';
import { writtenObject } from '../../kinds/placed-object.ts';
import type { FoundRisk } from '../../review/risks/check-risks.ts';
import type { Compared } from './compared.ts';
import { onceForAll } from './once.ts';
import type { NewFinding, ReviewedRisk } from './review.ts';

/**
 * What lint finds on head only. What a risk says already, at the same field or in place of a lint
 * rule, is not said again.
 */
export function untoldFindings(
  compared: readonly Compared[],
  risks: readonly ReviewedRisk[],
): NewFinding[] {
  const said = new Set(risks.map(({ object, field }) => placeKey(object, field)));
  const all = compared.flatMap(({ findings, risks: found }) => {
    const told = toldOf(found);
    return findings
      .filter(({ object, field }) => !said.has(placeKey(object, field)))
      .filter(({ object, rule }) => !told.has(placeKey(object, rule)));
  });
  return onceForAll(all, ({ rule, message, field, object }) =>
    JSON.stringify([rule, message, field, object?.kind, object?.name]),
  );
}

/** The objects that risks name, with the lint rules that the risks stand for. */
function toldOf(risks: readonly FoundRisk[]): Set<string> {
  return new Set(
    risks.flatMap(({ rule: { tells = [] }, object, related = [] }) =>
      [object, ...related.map(other => other.object)].flatMap(named =>
        tells.map(id => placeKey(objectName(writtenObject(named)), id)),
      ),
    ),
  );
}

function placeKey(object: Finding['object'], place: string): string {
  return JSON.stringify([object?.kind, object?.namespace, object?.name, place]);
}
