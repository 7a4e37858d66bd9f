/** Flux's kustomize-controller. */
export const FLUX_KUSTOMIZE = 'kustomize.toolkit.fluxcd.io';
