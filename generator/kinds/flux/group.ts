/** Flux's kustomize-controller. */
export const FLUX_KUSTOMIZE = 'kustomize.toolkit.fluxcd.io';

/** The Flux operator, which installs Flux. */
export const FLUX_OPERATOR = 'fluxcd.controlplane.io';

/** Flux's source-controller. */
export const SOURCES = 'source.toolkit.fluxcd.io';

/** Flux's source-watcher, which makes sources of others. */
export const SOURCE_EXTENSIONS = 'source.extensions.fluxcd.io';
