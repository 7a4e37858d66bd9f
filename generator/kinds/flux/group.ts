/** Flux's kustomize-controller. */
export const FLUX_KUSTOMIZE = 'kustomize.toolkit.fluxcd.io';

/** Flux's source-controller. */
export const SOURCES = 'source.toolkit.fluxcd.io';
