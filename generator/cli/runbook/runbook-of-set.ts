import { graphOf } from '../../graph/graph-of.ts';
import type { Finding } from '../../ground/finding.ts';
import { mergeEnvironment } from '../../make/spec/merge-environment.ts';
import type { Named } from '../../make/spec/named.ts';
import type { SpecObject } from '../../make/spec/spec.ts';
import type { Runbook } from '../../operate/runbook/runbook.ts';
import { runbookOf } from '../../operate/runbook/runbook-of.ts';
import { type ManifestSet, objectsOf, shownObjects } from '../../read/sets/manifest-set.ts';

/** The runbook of an overlay of a spec, or of manifests that a user names. */
export function runbookOfSet(set: ManifestSet, spec?: SpecObject): Runbook {
  const unit = set.unit?.name;
  return runbookOf({
    name: unit ?? 'manifests',
    ...(unit !== undefined && { overlay: unit === 'base' ? 'base' : `overlays/${unit}` }),
    graph: graphOf(objectsOf(set)),
    own: new Set(shownObjects(set)),
    keys: new Map(Object.entries(spec === undefined ? {} : keysIn(spec, unit))),
  });
}

function keysIn(spec: SpecObject, unit: string | undefined): Named<readonly string[]> {
  const { iam } = mergeEnvironment(spec, unit === 'base' ? undefined : unit);
  return iam?.keys ?? {};
}

/** What was not read, and is in no runbook. */
export function unreadOf(sets: readonly ManifestSet[]): Finding[] {
  const sources = new Set(sets.flatMap(set => [...set.sources]));
  return [...sources].flatMap(({ findings, unread = [] }) => [...unread, ...findings]);
}
