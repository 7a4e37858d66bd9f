import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Files, repositoryOf } from '../review/repository.ts';

export function namespace(name: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }\n`;
}

/** A database: to remove it blocks. */
export const cluster =
  'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db, namespace: shop }\n';

/** Links by what they say. */
export type Links = Readonly<Record<string, string>>;

/** A repository with files, and links that are not committed. */
export function linked(files: Files, links: Links): string {
  const folder = repositoryOf(files);
  link(folder, links);
  return folder;
}

/** Puts links into a folder. */
export function link(folder: string, links: Links): void {
  for (const [path, text] of Object.entries(links)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(text, join(folder, path));
  }
}
