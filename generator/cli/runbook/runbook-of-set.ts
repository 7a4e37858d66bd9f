import { graphOf } from '../../graph/graph-of.ts';
import type { Finding } from '../../ground/finding.ts';
import { mergeEnvironment } from '../../make/spec/merge-environment.ts';
import type { Named } from '../../make/spec/named.ts';
import type { SpecObject } from '../../make/spec/spec.ts';
import type { Runbook } from '../../operate/runbook/runbook.ts';
import { runbookOf } from '../../operate/runbook/runbook-of.ts';
import { type ManifestSet, objectsOf, shownItems } from '../../read/sets/manifest-set.ts';

/** The runbook of an overlay of a spec, or of manifests that a user names. */
export function runbookOfSet(set: ManifestSet, spec?: SpecObject): Runbook {
  const target = set.target?.name;
  return runbookOf({
    name: target ?? 'manifests',
    ...(target !== undefined && { overlay: target === 'base' ? 'base' : `overlays/${target}` }),
    graph: graphOf(objectsOf(set)),
    own: new Set(shownItems(set)),
    keys: new Map(Object.entries(spec === undefined ? {} : keysIn(spec, target))),
  });
}

function keysIn(spec: SpecObject, target: string | undefined): Named<readonly string[]> {
  const { iam } = mergeEnvironment(spec, target === 'base' ? undefined : target);
  return iam?.keys ?? {};
}

/** What was not read, and is in no runbook. */
export function unreadOf(sets: readonly ManifestSet[]): Finding[] {
  const sources = new Set(sets.flatMap(set => [...set.sources]));
  return [...sources].flatMap(({ findings, unread = [] }) => [...unread, ...findings]);
}
