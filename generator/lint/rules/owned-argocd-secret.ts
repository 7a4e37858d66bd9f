import { ARGOCD_OWN, isWithArgo } from '../../kinds/argocd/own-secrets.ts';
import { targetPath } from '../../kinds/eso/external-secret-spec.ts';
import type { Rule } from '../rule.ts';

export const ownedArgocdSecret: Rule = {
  id: 'owned-argocd-secret',
  severity: 'warning',
  summary: 'No ExternalSecret owns the Secret that Argo CD keeps its own keys in.',

  *check({ items, externalSecrets }) {
    const owning = externalSecrets.filter(
      ({ target, creationPolicy, keys }) =>
        target === ARGOCD_OWN.secret &&
        creationPolicy === 'Owner' &&
        !keys.isOpen &&
        !keys.keys.has(ARGOCD_OWN.key),
    );
    for (const secret of owning) {
      const argo = items.find(item => item.namespace === secret.namespace && isWithArgo(item));
      if (argo === undefined) continue;
      yield {
        item: secret.item,
        path: targetPath(secret),
        message: `Argo CD keeps "${ARGOCD_OWN.key}" in the Secret "${secret.target}", and with creationPolicy Owner that goes with the ExternalSecret`,
        hint: 'Add the keys with creationPolicy: Merge; where nothing else makes the Secret, write Orphan.',
        related: [{ item: argo, path: ['metadata', 'name'], note: 'Argo CD is in this namespace' }],
      };
    }
  },
};
