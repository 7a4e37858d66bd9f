import { textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';
import { FLUX_KUSTOMIZE } from './group.ts';

/** Whether Flux leaves an object alone that its source has no more (docs/facts/flux.md#pruning). */
export function isLeftByFlux({ json }: PlacedObject): boolean {
  return ['annotations', 'labels'].some(field =>
    LEFT.some(([setting, value]) => {
      const own = textAt(json, 'metadata', field, `${FLUX_KUSTOMIZE}/${setting}`);
      return own?.toLowerCase() === value;
    }),
  );
}

/** The annotation that keeps an object. */
export const KEEP: string = `${FLUX_KUSTOMIZE}/prune: disabled`;

/** The same as an annotation of an object. */
export const KEPT: Readonly<Record<string, string>> = { [`${FLUX_KUSTOMIZE}/prune`]: 'disabled' };

/** Has Flux make an object anew where it cannot be changed. */
export const REPLACED: Readonly<Record<string, string>> = {
  [`${FLUX_KUSTOMIZE}/force`]: 'enabled',
};

const LEFT = [
  ['prune', 'disabled'],
  ['reconcile', 'disabled'],
  ['ssa', 'ignore'],
] as const;

/** Whether a Kustomization deletes what its source has no more (docs/facts/flux.md#pruning). */
export function isPruning(object: PlacedObject): boolean {
  return specOf(object)['prune'] === true;
}

/** Whether it looks after nothing until somebody resumes it. */
export function isSuspended(object: PlacedObject): boolean {
  return specOf(object)['suspend'] === true;
}

/** Whether a Kustomization that is deleted deletes what it applied (docs/facts/flux.md#pruning). */
export function isDeletingAll(object: PlacedObject): boolean {
  const policy = textAt(specOf(object), 'deletionPolicy') ?? 'MirrorPrune';
  if (isSuspended(object)) return false;
  return policy === 'MirrorPrune' ? isPruning(object) : policy !== 'Orphan';
}
