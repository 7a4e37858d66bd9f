import { textAt } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { readOf } from '../secret-refs.ts';
import { appliedByKustomization } from './applied.ts';
import { FLUX_OPERATOR } from './group.ts';
import { fluxKustomization } from './kustomization.ts';

/** Flux itself, and the Kustomization that the Flux operator makes for its root (docs/facts/flux.md#instances). */
export const fluxInstance: Kind = {
  group: FLUX_OPERATOR,
  kind: 'FluxInstance',
  applies: instance =>
    rootsOf(instance).flatMap(root =>
      appliedByKustomization(root).map(applied => ({ ...applied, at: PATH })),
    ),
  brings: instance =>
    rootsOf(instance).map(({ json }) => ({ object: json, placeOf: placeIn(instance) })),
  reads: pullReads,
  /** It cannot lie in what it lets in. */
  byHand: instance => pullReads(instance).map(({ secret }) => secret),
};

const PATH = ['spec', 'sync', 'path'];

/** The Kustomization that a deployment object makes, where that is Flux itself. */
export function ownKustomization(deployer: PlacedObject): PlacedObject | undefined {
  const [root] = deployer.known === fluxInstance ? rootsOf(deployer) : [];
  return root && { ...root, written: { by: deployer, placeOf: placeIn(deployer) } };
}

function rootsOf(instance: PlacedObject): PlacedObject[] {
  const { namespace, file, path } = instance;
  const { kind, path: folder, name = namespace } = syncOf(instance);
  if (kind !== 'GitRepository' || folder === undefined) return [];
  const { group, kind: own } = fluxKustomization;
  const json: KubeObject = {
    apiVersion: `${group}/v1`,
    kind: own,
    metadata: { name, namespace },
    spec: { interval: '10m0s', path: folder, prune: true, sourceRef: { kind, name } },
  };
  return [{ json, group, kind: own, known: fluxKustomization, namespace, name, file, path }];
}

function syncOf(instance: PlacedObject): { readonly [field in 'kind' | 'path' | 'name']?: string } {
  const spec = specOf(instance);
  const [kind, path, name] = ['kind', 'path', 'name'].map(field => textAt(spec, 'sync', field));
  return { ...(kind && { kind }), ...(path && { path }), ...(name && { name }) };
}

function placeIn(object: PlacedObject): () => { object: PlacedObject; path: string[] } {
  return () => ({ object, path: PATH });
}

function pullReads(instance: PlacedObject): ReturnType<typeof readOf> {
  const path = ['spec', 'sync', 'pullSecret'];
  return readOf({ name: textAt(instance.json, ...path), path, how: 'ref', needs: [] });
}
