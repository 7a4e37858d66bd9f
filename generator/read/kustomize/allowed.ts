/** What kustomize may do beyond reading files: both are for repositories that are trusted. */
export interface Allowed {
  /** Run the functions that a kustomization names (`--enable-exec`). */
  readonly enableExec?: boolean | undefined;
  /** Fetch what a kustomization names (`--enable-remote`). */
  readonly enableRemote?: boolean | undefined;
}
