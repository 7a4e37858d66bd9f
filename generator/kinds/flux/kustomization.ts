import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { refRead } from '../secret-refs.ts';
import { appliedByKustomization } from './applied.ts';
import { FLUX_KUSTOMIZE } from './group.ts';

/** A folder that Flux applies (docs/facts/flux.md#kustomizations). */
export const fluxKustomization: Kind = {
  group: FLUX_KUSTOMIZE,
  kind: 'Kustomization',
  called: 'Flux Kustomization',
  applies: appliedByKustomization,
  reads: kustomizationReads,
  /** The key to what is encrypted in Git cannot lie there, nor what it fills in before it applies anything. */
  byHand: object => kustomizationReads(object).map(({ secret }) => secret),
};

function kustomizationReads(object: PlacedObject): Read[] {
  const own = ['decryption', 'kubeConfig'].flatMap(field =>
    refRead(mapAt(specOf(object), field)['secretRef'], {
      path: ['spec', field, 'secretRef'],
      how: 'ref',
    }),
  );
  const filledIn = listAt(specOf(object), 'postBuild', 'substituteFrom').flatMap((source, index) =>
    textAt(source, 'kind') === 'Secret'
      ? refRead(source, { path: ['spec', 'postBuild', 'substituteFrom', index], how: 'ref' })
      : [],
  );
  return [...own, ...filledIn];
}
