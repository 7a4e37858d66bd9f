import type { BuiltObject } from '../../ground/kube-object.ts';
import type { DeployerSpecs } from '../spec/deployer-spec.ts';
import { withFluxOptions } from './flux-options.ts';
import { withSyncOptions } from './sync-options.ts';

/** Objects as each of those that the spec has a section for is to treat them. */
export function withDeployerOptions(
  built: readonly BuiltObject[],
  { argocd, flux }: DeployerSpecs,
): readonly BuiltObject[] {
  const forFlux = flux === undefined ? built : withFluxOptions(built);
  return argocd === undefined ? forFlux : withSyncOptions(forFlux, argocd);
}
