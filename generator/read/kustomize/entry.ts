import { resolve } from 'node:path';
import type { Load } from './loads.ts';
import type { Kustomization } from './read.ts';
import { sourcePath } from './remote.ts';

/** Why something is not loaded. */
export type Reason = 'remote' | 'refused' | 'outside' | 'chart' | 'unclear function' | 'unapplied';

/** An entry of a kustomization. */
export interface Entry {
  readonly by: Kustomization;
  readonly load: Load;
}

/** One that is not loaded. `inner`: what a function that it sets up would load; else it is itself. */
export interface Unread extends Entry {
  readonly reason: Reason;
  readonly inner?: string;
}

/** Where kustomize looks for what an entry names. */
export function pathOf({ by, load: { kind, entry } }: Entry): string {
  return resolve(by.folder, kind === 'source' ? sourcePath(entry) : entry);
}
