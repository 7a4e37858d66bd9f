import { isUnresolved } from '../../../ground/unresolved.ts';
import type { Installed, InstalledPart } from '../../../kinds/helm/installed.ts';
import type { Changed, Comparison } from '../../changes/comparison.ts';
import { fieldPlace } from '../places.ts';
import type { Risk, RiskRule } from '../risk-rule.ts';
import { nameOf } from '../words.ts';

export const releaseRenamed: RiskRule = {
  id: 'release-renamed',
  level: 'high',
  summary: 'A Helm release becomes another one: its Secrets and volumes are new.',

  *check(comparison: Comparison) {
    for (const change of comparison.changes)
      if (change.what === 'changed') yield* risksOf(comparison, change);
  },
};

function* risksOf({ base, head }: Comparison, change: Changed): Iterable<Risk> {
  const { installs } = change.head.known ?? {};
  if (installs === undefined) return;
  const before = installs(change.base, base.find);
  for (const after of installs(change.head, head.find)) {
    const was = before.find(({ id }) => id === after.id);
    const parts = was === undefined ? [] : changedParts(was, after);
    const [first] = parts;
    if (first !== undefined) yield riskOf(change, first, parts);
  }
}

interface PartChange extends InstalledPart {
  readonly was: string;
}

/** A part that one side does not tell, or that a variable fills in, is not compared. */
function changedParts(before: Installed, after: Installed): PartChange[] {
  return after.parts.flatMap((part, index) => {
    const was = before.parts[index]?.value;
    const { value } = part;
    if (was === undefined || value === undefined || was === value) return [];
    return isUnresolved(was + value) ? [] : [{ ...part, was }];
  });
}

function riskOf(change: Changed, first: PartChange, parts: readonly PartChange[]): Risk {
  const text = parts.map(({ what, was, value }) => `${what} ${was} → ${value}`).join(', ');
  return {
    ...fieldPlace(change, first.path),
    message: `${nameOf(change.head)} becomes another release (${text}): the old one is uninstalled with what its chart made, and the Secrets and volumes of the new one are new`,
    hint: 'Keep the old values, for instance with releaseName; or copy the data and the passwords that the chart made first.',
  };
}
