import { versionFault } from '../../graph/api-versions.ts';
import type { Rule } from '../rule.ts';

export const deprecatedVersion: Rule = {
  id: 'deprecated-version',
  severity: 'warning',
  summary: 'No object has an apiVersion that is about to go.',

  *check({ items }) {
    for (const item of items) {
      const fault = versionFault(item);
      if (fault === undefined || !fault.isServed) continue;
      yield {
        item,
        path: ['apiVersion'],
        message: `"${item.object.apiVersion}" of ${item.kind} is deprecated`,
        hint: `Write ${fault.wanted}, which is there since ${fault.since}. Fields may have changed with it.`,
      };
    }
  },
};
