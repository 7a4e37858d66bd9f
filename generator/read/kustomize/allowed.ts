import type { Helm } from '../helm/helm.ts';

/** What kustomize may do beyond reading files: both are for repositories that are trusted. */
export interface Allowed {
  /** Run the functions that a kustomization names (`--enable-exec`). */
  readonly enableExec?: boolean | undefined;
  /** Fetch what a kustomization names (`--enable-remote`). */
  readonly enableRemote?: boolean | undefined;
  /** Make charts of the repository with it (`--helm`). */
  readonly helm?: Helm | undefined;
  /** What was built in earlier runs is built again (`--no-cache`). */
  readonly cache?: boolean | undefined;
}

/** The flag that has everything built anew. */
export const NO_CACHE = ['--no-cache', 'build again what was built in earlier runs'] as const;

/** The flag that says how far manifests know others. */
export const ROOT = [
  '--root <folder>',
  'the folder whose manifests are known to those at the paths; default: their repository',
] as const;

/** The flags that allow it. */
export const ENABLE_EXEC = [
  '--enable-exec',
  'let kustomize run the functions that a kustomization names',
] as const;

export const ENABLE_REMOTE = [
  '--enable-remote',
  'let kustomize fetch what a kustomization names; for trusted repositories only',
] as const;

/** The flag that has Helm make the charts that lie in the repository. */
export const HELM = [
  '--helm',
  'make the charts that lie in the repository, with the helm on the PATH',
] as const;
