import type { Item } from '../../../graph/item.ts';

/** Where the sync policy of an Application stands, or that of the ones an ApplicationSet makes. */
export function policyPath({ kind }: Item): string[] {
  return kind === 'ApplicationSet'
    ? ['spec', 'template', 'spec', 'syncPolicy']
    : ['spec', 'syncPolicy'];
}
