import { textAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { specOf } from '../../kinds/kind.ts';
import { type Rule, warning } from '../rule.ts';

const NAME = ['serviceAccountTemplate', 'metadata', 'name'] as const;

export const ignoredAccountName: Rule = warning('ignored-account-name', cnpgCluster, object => {
  const name = textAt(specOf(object), ...NAME);
  if (name === undefined || name === object.name) return undefined;
  return {
    path: ['spec', ...NAME],
    message: `CNPG takes labels and annotations from here, not the name: the ServiceAccount of "${object.name}" is called "${object.name}"`,
    hint: 'Remove the name and bind roles to the ServiceAccount of that name, or name one of your own in serviceAccountName (CloudNativePG 1.30).',
  };
});
