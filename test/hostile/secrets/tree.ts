import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Planter } from './planted.ts';

/** The files of one side, and what is planted in them. */
export interface Tree {
  readonly files: Readonly<Record<string, string>>;
  readonly planter: Planter;
}

const folder = join(import.meta.dirname, 'tree');

/** A repository with secrets in all that it holds. */
export function treeOf(side: 'base' | 'head'): Tree {
  const planter = new Planter(side);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths
    .filter(path => statSync(join(folder, path)).isFile())
    .map(path => [path, planter.fill(readFileSync(join(folder, path), 'utf8'))] as const);
  return { files: Object.fromEntries(files), planter };
}

/** A stream with a secret in every kind of place that a manifest has. */
export function manifests(planter: Planter): string {
  return planter.fill(readFileSync(join(folder, 'plain/all.yaml'), 'utf8'));
}
