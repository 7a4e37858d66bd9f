/** Where kubectl keeps what it applied last, whole. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
