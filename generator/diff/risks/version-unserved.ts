import { isServedHere, versionFault, versionHint } from '../../graph/objects.ts';
import { formerOf } from '../diff.ts';
import { placeOn, type RiskRule, refusal } from '../risk.ts';

export const versionUnserved: RiskRule = refusal('version-unserved', function* (diff) {
  for (const change of diff.changes) {
    if (change.what === 'removed') continue;
    const { head } = change;
    const { kind, name, json } = head;
    const isOld = formerOf(change)?.json.apiVersion === json.apiVersion;
    const fault = isOld ? undefined : versionFault(head);
    const isServed = fault === undefined || fault.isServed || isServedHere(diff.head, head);
    if (fault === undefined || isServed === true) continue;
    const isUnknown = isServed === 'unknown';
    yield {
      ...placeOn('head', head, ['apiVersion']),
      ...(isUnknown && { level: 'warn' }),
      message: isUnknown
        ? `it is not known whether ${kind} of "${json.apiVersion}" is served: since ${fault.since} it is not, and which version runs is not told here`
        : `no cluster serves ${kind} of "${json.apiVersion}": the apply of "${name}" fails`,
      hint: versionHint(fault),
    };
  }
});
