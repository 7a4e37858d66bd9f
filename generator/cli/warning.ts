import type { Finding } from '../ground/finding.ts';

/** A finding of which nothing breaks. */
export function asWarning(finding: Finding): Finding {
  return { ...finding, severity: 'warning' };
}
