import { isUnresolved } from '../../core/kube-object.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import type { Rule } from '../rule.ts';

/** RFC 1035, at most 50 characters: the operator adds suffixes (docs/facts/cnpg.md#names). */
const NAME = /^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$/;

export const cnpgName: Rule = {
  id: 'cnpg-name',
  severity: 'error',
  summary: 'Each CNPG Cluster has a name that the operator takes.',

  *check({ byKind }) {
    for (const object of byKind(cnpgCluster)) {
      const { name } = object;
      if (NAME.test(name) || isUnresolved(name)) continue;
      yield {
        object,
        path: ['metadata', 'name'],
        message: `"${name}" is no name for a CNPG Cluster${name.length > 50 ? `: it has ${name.length} characters` : ''}`,
        hint: 'Write at most 50 lower-case letters, digits and "-", beginning with a letter.',
      };
    }
  },
};
