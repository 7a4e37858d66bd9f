import { textAt } from '../../ground/json.ts';
import type { Item } from '../kind.ts';
import { namedAfter } from '../made.ts';
import type { Made } from '../secret-ends.ts';

const SHARED = { isInternal: true, isShared: true } as const;

/** The Secrets that Argo CD's installation and Argo CD itself make, wherever it is. */
export const ARGOCD_SECRETS: readonly string[] = ['argocd-secret', 'argocd-initial-admin-secret'];

/** What Argo CD makes where its settings are (docs/facts/argocd.md#own-secrets). */
export function argoSecrets({ object, name }: Item): Made[] {
  const isPart = textAt(object, 'metadata', 'labels', 'app.kubernetes.io/part-of') === 'argocd';
  if (name !== 'argocd-cm' && !isPart) return [];
  return [
    namedAfter('argocd-secret', ['admin.password', 'server.secretkey'], {
      ...SHARED,
      isOpen: true,
    }),
    namedAfter('argocd-initial-admin-secret', ['password'], SHARED),
    namedAfter('argocd-redis', ['auth'], SHARED),
  ];
}
