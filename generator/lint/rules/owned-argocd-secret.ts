import { relatedName } from '../../graph/secret-graph.ts';
import { ARGOCD_OWN, isWithArgo } from '../../kinds/argocd/application.ts';
import { targetPath } from '../../kinds/eso/external-secret-spec.ts';
import { type Rule, warning } from '../rule.ts';

export const ownedArgocdSecret: Rule = warning(
  'owned-argocd-secret',
  'externalSecrets',
  (secret, { objects }) => {
    const { target, creationPolicy, keys, namespace } = secret;
    if (target !== ARGOCD_OWN.secret || creationPolicy !== 'Owner') return undefined;
    if (keys.isOpen || keys.keys.has(ARGOCD_OWN.key)) return undefined;
    const argo = objects.find(each => each.namespace === namespace && isWithArgo(each));
    return (
      argo && {
        path: targetPath(secret),
        message: `Argo CD keeps "${ARGOCD_OWN.key}" in the Secret "${secret.target}", and with creationPolicy Owner that goes with the ExternalSecret`,
        hint: 'Add the keys with creationPolicy: Merge; where nothing else makes the Secret, write Orphan.',
        related: [relatedName(argo, 'Argo CD is in this namespace')],
      }
    );
  },
);
