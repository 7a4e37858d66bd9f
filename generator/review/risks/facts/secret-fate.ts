import { objectIdentity } from '../../../graph/graph-of.ts';
import { findSecret, type Maker, wholeMakers } from '../../../graph/secret-graph.ts';
import { isGuarded } from '../../../kinds/argocd/sync-options.ts';
import { ownName } from '../../../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';

/**
 * What becomes of a Secret in a cluster that has it, when head no longer makes it. `new`: base made
 * none either.
 */
export type Fate = 'new' | 'deleted' | 'stays';

/** The makers of a Secret on base that make it whole. */
export function makersBefore({ base }: Comparison, namespace: string, secret: string): Maker[] {
  return wholeMakers(findSecret(base, namespace, secret));
}

/** Of several makers the last to let go decides. */
export function fateOf(comparison: Comparison, namespace: string, secret: string): Fate {
  const makers = makersBefore(comparison, namespace, secret);
  if (makers.some(maker => leavesSecret(comparison, maker))) return 'stays';
  if (makers.length > 0) return 'deleted';
  return findSecret(comparison.base, namespace, secret)?.makers.length === 0 ? 'stays' : 'new';
}

/**
 * Whether the Secret outlives what made it. An ExternalSecret that owns it keeps it when it only
 * stops writing.
 */
function leavesSecret(comparison: Comparison, maker: Maker): boolean {
  const { object } = maker;
  const after = onHead(comparison, object);
  if (after === undefined && isGuarded(object)) return true;
  const { leaves } = object.known ?? {};
  if (leaves === 'unless owned') return isLeftBySync(comparison, maker);
  return leaves === 'always' || (leaves === 'while it stays' && after !== undefined);
}

function isLeftBySync({ base, head }: Comparison, { object, namespace, secret }: Maker): boolean {
  const own = base.externalSecrets.find(
    other => other.object === object && other.namespace === namespace && other.target === secret,
  );
  if (own?.creationPolicy !== 'Owner') return true;
  return head.externalSecrets.some(
    other =>
      objectIdentity(other.object) === objectIdentity(object) &&
      ownName(other.object) === ownName(object) &&
      other.namespace === namespace &&
      other.target === secret,
  );
}

function onHead(
  { head }: Comparison,
  { known, namespace, name }: PlacedObject,
): PlacedObject | undefined {
  return known && head.find(known, namespace, name);
}
