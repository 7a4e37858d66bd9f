import { versionFault, versionHint } from '../../graph/api-versions.ts';
import type { Rule } from '../rule.ts';

export const unservedVersion: Rule = {
  id: 'unserved-version',
  severity: 'error',
  summary: 'Each object has an apiVersion that clusters serve.',

  *check({ items }) {
    for (const item of items) {
      const fault = versionFault(item);
      if (fault === undefined || fault.isServed) continue;
      yield {
        item,
        path: ['apiVersion'],
        message: `no cluster serves ${item.kind} of "${item.object.apiVersion}"`,
        hint: versionHint(fault),
      };
    }
  },
};
