import { kustomizationObject } from '../../world/helm.ts';
import { heldUp } from '../appliers.ts';
import type { FailingUnit } from '../diff.ts';
import { block, placeOn, type Risk, type RiskRule, theObject } from '../risk.ts';

export const buildBroken: RiskRule = block('build-broken', function* (diff) {
  for (const unit of diff.failing) yield { ...riskOf(unit), related: heldUp(diff, unit.applier) };
});

function riskOf({ name, applier, findings, objects }: FailingUnit): Risk {
  const [first] = findings;
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  const reason = first?.message.replace(/^kustomize cannot build it: /, '') ?? '';
  const stay =
    objects.length === 1 ? '1 object stays as it is' : `${objects.length} objects stay as they are`;
  // Where an applier names its folder.
  const path = first?.at ? [] : applier?.knownKind?.applies?.folders?.(applier)[0]?.at;
  return {
    ...placeOn('head', applier ?? kustomizationObject({ metadata: { name } }, -1, ''), path),
    ...(first?.at !== undefined && { at: first.at }),
    environment: name,
    message: `"${name}" cannot be built, so ${applier ? theObject(applier) : 'what applies it'} fails: ${reason}${more}`,
    outcome: `nothing of it is applied${objects.length === 0 ? '' : `: ${stay}`}`,
    hint: first?.hint ?? 'Build it with kustomize, and mend what it says.',
  };
}
