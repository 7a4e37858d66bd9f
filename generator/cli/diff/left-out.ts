import type { Finding } from '../../ground/finding.ts';
import type { ManifestSource } from '../../read/manifest-source.ts';
import type { BrokenSide } from '../../report/review/review.ts';

/** What is left out of what kustomize built of an environment or a unit. */
export function unreadIn({ sources }: { readonly sources: readonly ManifestSource[] }): Finding[] {
  return sources.flatMap(({ unread = [] }) => [...unread]);
}

/** What one side leaves out of what it builds, and the other does not. */
export function onlyIn(own: readonly Finding[], other: readonly Finding[]): Finding[] {
  const said = new Set(other.map(({ message }) => message));
  return own.filter(({ message }) => !said.has(message));
}

/** Whether a chart is left out: what it makes is on neither side, and nothing else is another for it. */
export function isOfChart({ message }: Finding): boolean {
  return message.startsWith('not read: a Helm chart: ');
}

/** What keeps an environment from being compared. */
export function asBroken(
  side: BrokenSide['side'],
  environment: string,
): (finding: Finding) => BrokenSide {
  return finding => ({ side, environment, finding: { ...finding, severity: 'error' } });
}
