import type { Path } from '../../core/finding.ts';
import { valueAt } from '../../core/json.ts';
import { ownOption, SYNC_OPTIONS } from '../../kinds/argocd/application.ts';
import { cascadeOf } from '../../kinds/argocd/application-set.ts';
import {
  applicationOption,
  isApplication,
  isPruning,
  policyPath,
} from '../../kinds/argocd/sync-order.ts';
import { isKeptByHelm, RESOURCE_POLICY } from '../../kinds/helm/release.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { ownerOf, syncOption } from '../appliers.ts';
import { type Changed, changedOf, type Diff } from '../diff.ts';
import { fieldPlace, high, nameOf, type Risk, type RiskRule } from '../risk.ts';
import { pruneEnabled } from './prune-enabled.ts';

export const guardRemoved: RiskRule = high('guard-removed', function* (diff) {
  // The rule prune-enabled reports that pruning begins for a whole Application.
  const pruning = new Set([...pruneEnabled.check(diff)].map(({ object }) => object));
  for (const change of changedOf(diff)) {
    const { base, head } = change;
    yield* riskOf(change, 'the', ownGuards(diff, change));
    if (!isApplication(head)) continue;
    const isSaid = pruning.has(head) || pruning.has(base);
    yield* riskOf(change, 'what is managed by the', wideGuards(change, isSaid));
  }
});

interface LostGuard {
  readonly was: string;
  /** Argo CD asks before it deletes, where it did not delete at all before. */
  readonly isAsking: boolean;
  readonly path: Path;
}

function* riskOf(change: Changed, what: string, lost: readonly LostGuard[]): Iterable<Risk> {
  const [first] = lost;
  if (first === undefined) return;
  const isAsking = lost.every(guard => guard.isAsking);
  const guards = lost.map(({ was }) => was).join(', ');
  const are = lost.length === 1 ? 'is' : 'are';
  yield {
    ...(isAsking && { level: 'warn' }),
    ...fieldPlace(change, first.path),
    message: `Argo CD can delete ${what} ${nameOf(change.head)} ${isAsking ? 'once somebody confirms it' : 'without asking'}: ${guards} ${are} ${isAsking ? 'a question now' : 'gone'}`,
    hint: `Keep ${guards}, unless the deletion is meant.`,
  };
}

const OPTIONS = ['Prune', 'Delete'] as const;

function strength(option: string | undefined): number {
  return option === 'false' ? 2 : option === 'confirm' ? 1 : 0;
}

function ownGuards(diff: Diff, { base, head }: Changed): LostGuard[] {
  const lost = OPTIONS.flatMap(name => {
    const before = ownOption(base, name);
    if (before === ownOption(head, name)) return [];
    const after = syncOption(head, ownerOf(diff, head)?.application, name);
    return lostGuards(name, ANNOTATION, before, after);
  });
  // Prune=confirm makes the deletion of an Application wait just as Delete=confirm does.
  const isAsked = strength(ownOption(head, 'Prune')) === 1;
  const open = lost.filter(({ was }) => !(was === 'Delete=confirm' && isAsked));
  const isGuarded = isKeptByHelm(head) || strength(ownOption(head, 'Delete')) === 2;
  if (!isKeptByHelm(base) || isGuarded) return open;
  return [...open, { was: `${RESOURCE_POLICY}: keep`, isAsking: false, path: HELM_PATH }];
}

const ANNOTATION: Path = ['metadata', 'annotations', SYNC_OPTIONS];
const HELM_PATH: Path = ['metadata', 'annotations', RESOURCE_POLICY];

function lostGuards(name: string, path: Path, before = '', after = ''): LostGuard[] {
  if (strength(after) >= strength(before)) return [];
  return [{ was: `${name}=${before}`, isAsking: strength(after) === 1, path }];
}

function wideGuards({ base, head }: Changed, isPruneSaid: boolean): LostGuard[] {
  const policy = policyPath(head);
  const path = [...policy, 'syncOptions'];
  const options = OPTIONS.filter(name => !(isPruneSaid && name === 'Prune')).flatMap(name =>
    lostGuards(name, path, applicationOption(base, name), applicationOption(head, name)),
  );
  const isSet = ({ json }: PlacedObject, path: Path): boolean => valueAt(json, path) === true;
  const empty = [...policy, 'automated', 'allowEmpty'];
  const isEmptied = isPruning(base) && isPruning(head) && !isSet(base, empty) && isSet(head, empty);
  const isCascading = cascadeOf(base) === undefined && cascadeOf(head) !== undefined;
  const others = [
    isEmptied && { was: 'the refusal of an empty render (allowEmpty)', path: empty },
    isCascading && isSet(base, PRESERVE) && { was: 'preserveResourcesOnDeletion', path: PRESERVE },
  ];
  return [...options, ...others.flatMap(lost => (lost ? [{ ...lost, isAsking: false }] : []))];
}

const PRESERVE: Path = ['spec', 'syncPolicy', 'preserveResourcesOnDeletion'];
