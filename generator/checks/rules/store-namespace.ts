import { mapAt, specOf, textAt } from '../../graph/item.ts';
import { isMap } from '../../spec/merge-environment.ts';
import type { Rule } from '../rule.ts';

/** References of the kubernetes provider that a ClusterSecretStore has to complete. */
const REFERENCES = [
  ['auth', 'serviceAccount'],
  ['server', 'caProvider'],
] as const;

export const storeNamespace: Rule = {
  id: 'store-namespace',
  severity: 'error',
  summary: 'Each reference of a ClusterSecretStore names its namespace.',

  *check({ byKind }) {
    for (const item of byKind('ClusterSecretStore')) {
      for (const [group, field] of REFERENCES) {
        const reference = mapAt(specOf(item), 'provider', 'kubernetes', group)[field];
        if (!isMap(reference) || textAt(reference, 'namespace') !== undefined) continue;
        yield {
          item,
          path: ['spec', 'provider', 'kubernetes', group, field],
          message: `${field} of ClusterSecretStore "${item.name}" names no namespace`,
          hint: `Add namespace: a ClusterSecretStore has none of its own.`,
        };
      }
    }
  },
};
