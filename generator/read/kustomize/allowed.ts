/** What kustomize may do beyond reading files: both are for repositories that are trusted. */
export interface Allowed {
  /** Run the functions that a kustomization names (`--enable-exec`). */
  readonly enableExec?: boolean | undefined;
  /** Fetch what a kustomization names (`--enable-remote`). */
  readonly enableRemote?: boolean | undefined;
}

/** The flags that allow it. */
export const ENABLE_EXEC = [
  '--enable-exec',
  'let kustomize run the functions that a kustomization names',
] as const;

export const ENABLE_REMOTE = [
  '--enable-remote',
  'let kustomize fetch what a kustomization names; for trusted repositories only',
] as const;
