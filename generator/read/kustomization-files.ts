import { basename, dirname, join } from 'node:path';
import type { Host } from '../ground/host.ts';

/** The names that kustomize knows for the file that makes a folder a kustomization. */
export const NAMES: readonly string[] = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];

/** Whether a file of this name makes its folder a kustomization. */
export function isKustomization(name: string): boolean {
  return NAMES.includes(name);
}

/** What makes a folder a kustomization, were it a link to nothing; undefined where there is none. */
export function kustomizationIn(folder: string, host: Host): string | undefined {
  return NAMES.map(name => join(folder, name)).find(file => host.kindOf(file) !== undefined);
}

/** The path of a kustomization, where somebody names its file: what is meant is what it builds. */
export function builtPath(path: string): string {
  return isKustomization(basename(path)) ? dirname(path) : path;
}
