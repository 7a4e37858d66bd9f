import { objectIdentity } from '../../graph/graph.ts';
import { coreNamespace } from '../../kinds/core/service.ts';
import { helmRelease } from '../../kinds/flux/helm-release.ts';
import { dependenciesOf, fluxKustomization, KEEP } from '../../kinds/flux/kustomization.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { customResourceDefinition } from '../../kinds/kubernetes.ts';
import { unmadeApplications } from '../applications.ts';
import { type Changed, type Comparison, deployerOf } from '../comparison.ts';
import { deletionOf } from '../deletion.ts';
import { isHoldingData, isMakingVolumes, keepsData } from '../facts/claims.ts';
import { nameOf, type Risk, type RiskRule } from '../risk.ts';

export const dataMoved: RiskRule = {
  id: 'data-moved',
  level: 'high',
  summary:
    'Something with data is applied by another one now, and the old one may delete it first.',

  *check(comparison: Comparison) {
    for (const change of comparison.changes)
      if (change.what === 'changed' && change.isMoved) yield* riskOf(comparison, change);
  },
};

function* riskOf(comparison: Comparison, { base, head }: Changed): Iterable<Risk> {
  const [before, after] = [deployerOf(comparison, base), deployerOf(comparison, head)];
  if (before === undefined || after === undefined) return;
  if (!isTakingData(comparison, base) || !isStill(comparison, before)) return;
  const { outcome, text } = deletionOf(comparison, base);
  const first = firstOf(comparison, before, after);
  if (outcome !== 'deleted' || first === after) return;
  const isSure = first === before;
  yield {
    ...(isSure && { level: 'block', outcome: text }),
    object: head,
    side: 'head',
    path: ['metadata', 'name'],
    message: `the ${nameOf(head)} goes from ${nameOf(before)} to ${nameOf(after)}: the old one deletes it, with ${dataOf(head)}, ${isSure ? 'before the new one applies it' : 'unless the new one has applied it first'}`,
    hint: hintFor(before),
    related: [
      { object: base, side: 'base', path: ['metadata', 'name'], note: 'applied from here so far' },
    ],
  };
}

/** With a release go the claims of its chart, and with a definition all objects of its kind. */
function isTakingData({ base }: Comparison, object: PlacedObject): boolean {
  if (object.known === customResourceDefinition) return true;
  if (object.known !== helmRelease) return isHoldingData(object, base.find);
  return base.objects.some(
    one => one.written?.by === object && (keepsData(one, base.find) || isMakingVolumes(one)),
  );
}

function dataOf({ known }: PlacedObject): string {
  if (known === coreNamespace) return 'all that is in it';
  if (known === customResourceDefinition) return 'all objects of its kind';
  return known === helmRelease ? 'the volumes of its chart' : 'its data';
}

/** With one that goes, what it applied is told of. */
function isStill(comparison: Comparison, deployer: PlacedObject): boolean {
  const { written } = deployer;
  const id = objectIdentity(deployer);
  if ([...unmadeApplications(comparison).keys()].some(one => objectIdentity(one) === id))
    return false;
  const standing = objectIdentity(written?.by ?? deployer);
  return comparison.head.objects.some(object => objectIdentity(object) === standing);
}

/**
 * The one that comes first: one that makes the other, or that the other waits for
 * (docs/facts/flux.md#dependencies); undefined: nobody knows.
 */
function firstOf(
  comparison: Comparison,
  before: PlacedObject,
  after: PlacedObject,
): PlacedObject | undefined {
  const waiting = (object: PlacedObject): boolean =>
    awaited(comparison, object).has(objectIdentity(before));
  if (waiting(after) || isMadeBy(comparison, after, before)) return before;
  return awaited(comparison, before).has(objectIdentity(after)) ? after : undefined;
}

function isMadeBy(comparison: Comparison, made: PlacedObject, by: PlacedObject): boolean {
  const maker = deployerOf(comparison, made);
  return maker !== undefined && objectIdentity(maker) === objectIdentity(by);
}

/** What a Kustomization of head waits for, and those for in turn. */
function awaited({ head }: Comparison, deployer: PlacedObject): Set<string> {
  const found = new Set<string>();
  const open = deployer.known === fluxKustomization ? [deployer] : [];
  for (let object = open.pop(); object !== undefined; object = open.pop()) {
    const now = head.find(fluxKustomization, object.namespace, object.name);
    const others = now === undefined ? [] : dependenciesOf(now);
    for (const { namespace, name } of others) {
      const other = head.find(fluxKustomization, namespace, name);
      if (other === undefined || found.has(objectIdentity(other))) continue;
      found.add(objectIdentity(other));
      open.push(other);
    }
  }
  return found;
}

function hintFor({ known }: PlacedObject): string {
  const guard = known === fluxKustomization ? KEEP : 'argocd.argoproj.io/sync-options: Prune=false';
  return `Annotate it with ${guard} in an earlier change, and take that away once it has moved.`;
}
