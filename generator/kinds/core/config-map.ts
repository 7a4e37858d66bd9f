import { argoSecrets } from '../argocd/own-secrets.ts';
import type { Kind } from '../kind.ts';

export const configMap: Kind = {
  group: '',
  kind: 'ConfigMap',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  hosts: ['data'],
  makes: argoSecrets,
  /** Nobody can read binaryData, or see what is in it. */
  holds: ([field]) => (field === 'binaryData' ? 'secret' : 'settings'),
};
