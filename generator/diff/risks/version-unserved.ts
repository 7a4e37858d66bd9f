import { isServedHere, type VersionFault, versionFault, versionHint } from '../../graph/objects.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { formerOf } from '../diff.ts';
import { placeOn, type Risk, type RiskRule, refusal } from '../risk.ts';

export const versionUnserved: RiskRule = refusal('version-unserved', function* (diff) {
  const { head: graph, changes } = diff;
  for (const change of changes) {
    if (change.what === 'removed') continue;
    const { head } = change;
    const isOld = formerOf(change)?.json.apiVersion === head.json.apiVersion;
    const fault = isOld ? undefined : versionFault(head);
    if (fault === undefined || fault.isServed) continue;
    const isServed = isServedHere(graph, head);
    if (isServed !== true) yield riskOf(head, fault, isServed === 'unknown');
  }
});

function riskOf(head: PlacedObject, fault: VersionFault, isUnknown: boolean): Risk {
  const { kind, name, json } = head;
  return {
    ...placeOn('head', head, ['apiVersion']),
    ...(isUnknown && { level: 'warn' }),
    message: isUnknown
      ? `it is not known whether ${kind} of "${json.apiVersion}" is served: since ${fault.since} it is not, and which version runs is not told here`
      : `no cluster serves ${kind} of "${json.apiVersion}": the apply of "${name}" fails`,
    hint: versionHint(fault),
  };
}
