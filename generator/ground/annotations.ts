/** Where kubectl keeps what it applied last, whole. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** How Argo CD treats an object. */
export const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';

/** The options in the text of that annotation. */
export function syncOptionsIn(text: string | undefined): string[] {
  const options = (text ?? '').split(',').map(option => option.trim());
  return options.filter(option => option !== '');
}
