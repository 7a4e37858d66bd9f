import { resolve } from 'node:path';
import type { Place } from '../../ground/finding.ts';
import { textAt } from '../../ground/json.ts';
import { placesIn } from '../../ground/locate.ts';
import { valueAt } from '../../ground/value-path.ts';
import type { Unknown } from '../../kinds/deployment-ends.ts';
import type { ChartFailure } from '../helm/chart-failure.ts';
import type { Load } from './loads.ts';
import type { Kustomization } from './read.ts';
import { sourcePath } from './remote.ts';

/** Why something is not loaded. */
export type Reason =
  | 'remote'
  | 'refused'
  | 'outside'
  | 'chart'
  | 'unclear function'
  | 'program'
  | 'unapplied';

/** An entry of a kustomization. */
export interface Entry {
  readonly by: Kustomization;
  readonly load: Load;
}

/** One that is not loaded. `inner`: what a function that it sets up would load; else it is itself. */
export interface Unread extends Entry {
  readonly reason: Reason;
  readonly inner?: string;
  /** Why Helm did not make a chart, and what to do. */
  readonly failure?: ChartFailure;
}

/** A chart that Helm made, in whose place its objects are loaded. */
export interface MadeEntry extends Entry {
  /** The file that they are put into, in the folder of the kustomization. */
  readonly name: string;
  readonly text: string;
  /** The files of the chart, without links. */
  readonly places: readonly string[];
  /** What it may make besides. */
  readonly unknowns: readonly Unknown[];
}

/** One in whose place files are loaded, which are named from the folder of the kustomization on. */
export interface Replaced extends Entry {
  readonly files: readonly string[];
}

/** Where kustomize looks for what an entry names. */
export function pathOf({ by, load: { kind, entry } }: Entry): string {
  return resolve(by.folder, kind === 'source' ? sourcePath(entry) : entry);
}

/** What an entry names; what is written out in it may hold a secret. */
export function nameOf({ by, load: { kind, entry, path } }: Entry): string {
  if (kind === 'chart') return textAt(valueAt(by.document, path), 'name') ?? '';
  return /[\n{}]|:\s/.test(entry) ? '' : entry;
}

/** Where an entry stands. */
export function entryPlace({ by: { file, text, written = text }, load: { path } }: Entry): Place {
  return placesIn({ file, text: written })({ path });
}
