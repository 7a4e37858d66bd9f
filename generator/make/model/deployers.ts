import { type Outcome, outcome } from '../../ground/finding.ts';
import type { SpecObject } from '../spec/spec.ts';
import { type ArgocdModel, resolveArgocd } from './argocd.ts';
import { type FluxModel, resolveFlux } from './flux.ts';

/** Who applies the tree, and how; undefined where the spec has no section for it. */
export interface Deployers {
  readonly argocd?: ArgocdModel | undefined;
  readonly flux?: FluxModel | undefined;
}

/** The spec's `argocd` and `flux` sections → what they mean. */
export function resolveDeployers(document: SpecObject): Outcome<Deployers> {
  const { argocd, flux } = document.spec;
  const forArgocd = argocd && resolveArgocd(document, argocd);
  const forFlux = flux && resolveFlux(document, flux);
  return outcome({ argocd: forArgocd?.value, flux: forFlux?.value }, [
    ...(forArgocd?.faults ?? []),
    ...(forFlux?.faults ?? []),
  ]);
}
