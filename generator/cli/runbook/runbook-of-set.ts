import { graphOf } from '../../graph/graph-of.ts';
import type { Finding } from '../../ground/finding.ts';
import type { Runbook } from '../../operate/runbook/runbook.ts';
import { runbookOf } from '../../operate/runbook/runbook-of.ts';
import { type ManifestSet, objectsOf, shownItems } from '../../read/sets/manifest-set.ts';

/** The runbook of an overlay, or of manifests that a user names. */
export function runbookOfSet(set: ManifestSet): Runbook {
  const target = set.target?.name;
  return runbookOf({
    name: target ?? 'manifests',
    ...(target !== undefined && { overlay: target === 'base' ? 'base' : `overlays/${target}` }),
    graph: graphOf(objectsOf(set)),
    own: new Set(shownItems(set)),
  });
}

/** What was not read, and is in no runbook. */
export function unreadOf(sets: readonly ManifestSet[]): Finding[] {
  const sources = new Set(sets.flatMap(set => [...set.sources]));
  return [...sources].flatMap(({ findings, unread = [] }) => [...unread, ...findings]);
}
