import type { Path } from '../../core/finding.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { kustomizationFile } from '../../kinds/krm.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import type { FailingUnit } from '../comparison.ts';
import { heldUp } from '../deletion.ts';
import { placeOn, type Risk, type RiskRule, theObject } from '../risk.ts';

export const buildBroken: RiskRule = {
  id: 'build-broken',
  level: 'block',

  *check(comparison) {
    for (const unit of comparison.failing)
      yield { ...riskOf(unit), related: heldUp(comparison, unit.deployer) };
  },
};

function riskOf(unit: FailingUnit): Risk {
  const { name, deployer, findings, objects } = unit;
  const [first] = findings;
  const more = findings.length - 1;
  const reason = first?.message.replace(/^kustomize cannot build it: /, '') ?? '';
  const applier = deployer && `${theObject(deployer)}`;
  return {
    ...placeOn('head', deployer ?? kustomizationOf(name), first?.at ? [] : folderField(deployer)),
    ...(first?.at !== undefined && { at: first.at }),
    environment: name,
    message: `"${name}" cannot be built, so ${applier ?? 'what applies it'} fails: ${reason}${more > 0 ? ` (and ${more} more)` : ''}`,
    outcome: `nothing of it is applied${objects.length === 0 ? '' : `: ${stays(objects.length)}`}`,
    hint: first?.hint ?? 'Build it with kustomize, and mend what it says.',
  };
}

function stays(count: number): string {
  return count === 1 ? '1 object stays as it is' : `${count} objects stay as they are`;
}

/** Where an applier names its folder. */
function folderField(deployer: PlacedObject | undefined): Path | undefined {
  return deployer?.known?.applies?.folders?.(deployer)[0]?.at;
}

/** Stands for the kustomization of a folder that nothing here applies. */
function kustomizationOf(name: string): PlacedObject {
  const { group, kind } = kustomizationFile;
  const type = { apiVersion: `${group}/v1beta1`, kind };
  return placedObject({ ...type, metadata: { name } }, -1, [], '');
}
