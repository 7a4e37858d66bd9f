/** The Secrets that Argo CD's installation and Argo CD itself make (docs/facts/argocd.md#own-secrets). */
export const ARGOCD_SECRETS: readonly string[] = ['argocd-secret', 'argocd-initial-admin-secret'];
