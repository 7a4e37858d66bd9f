import { applicationSet } from '../../../kinds/argocd/application-set.ts';
import type { Item } from '../../../kinds/kind.ts';

/** Where the sync policy of an Application stands, or that of the ones an ApplicationSet makes. */
export function policyPath({ known }: Item): string[] {
  return known === applicationSet
    ? ['spec', 'template', 'spec', 'syncPolicy']
    : ['spec', 'syncPolicy'];
}
