import { versionFault, versionHint } from '../../../graph/api-versions.ts';
import type { Comparison } from '../../changes/comparison.ts';
import type { RiskRule } from '../risk-rule.ts';

export const versionUnserved: RiskRule = {
  id: 'version-unserved',
  level: 'block',
  summary: 'An object gets an apiVersion that no cluster serves: the apply fails.',

  *check({ changes }: Comparison) {
    for (const change of changes) {
      if (change.what === 'removed') continue;
      const { head } = change;
      const before = change.what === 'changed' ? change.base : change.was;
      const isOld = before?.object.apiVersion === head.object.apiVersion;
      const fault = isOld ? undefined : versionFault(head);
      if (fault === undefined || fault.isServed) continue;
      yield {
        item: head,
        side: 'head',
        path: ['apiVersion'],
        message: `no cluster serves ${head.kind} of "${head.object.apiVersion}": the apply of "${head.name}" fails`,
        hint: versionHint(fault),
      };
    }
  },
};
