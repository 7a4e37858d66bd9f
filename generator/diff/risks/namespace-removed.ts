import { coreNamespace } from '../../kinds/kubernetes.ts';
import { goingOf } from '../appliers.ts';
import { isTemplate } from '../facts/claims.ts';
import { block, placeOn, type RiskRule } from '../risk.ts';

export const namespaceRemoved: RiskRule = block('namespace-removed', function* (diff) {
  const { head, compared } = diff;
  for (const { base } of goingOf(diff, coreNamespace)) {
    const { name } = base;
    // It may be in the manifests of another environment.
    if (isTemplate(base) || head.find(coreNamespace, '', name) !== undefined) continue;
    const left = head.objects.filter(object => compared.has(object) && object.namespace === name);
    const stay = left.length === 1 ? 'one object stays' : `${left.length} objects stay`;
    yield {
      ...placeOn('base', base),
      ...(left.length === 0 && { level: 'high' }),
      message: `the Namespace "${name}" is removed${left.length === 0 ? '' : ` while ${stay} in it`}: everything there is deleted with it, ${left.length === 0 ? 'also volumes and Secrets that Git does not show' : 'volumes and Secrets too'}`,
      hint: 'Keep it in the manifests, or have Argo CD keep it: argocd.argoproj.io/sync-options: Prune=false.',
      related: left.slice(0, 3).map(object => {
        return { ...placeOn('head', object), note: 'stays in it' };
      }),
    };
  }
});
