import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
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

/** Everything below a folder, through no link: what it is, and a file's text. */
export function contentOf(folder: string): Record<string, string> {
  const found = readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [[entry.name, readFileSync(path, 'utf8')]];
    const below = entry.isDirectory() ? Object.entries(contentOf(path)) : [];
    const own = [entry.name, `mode ${lstatSync(path).mode}`];
    return [own, ...below.map(([name, text]) => [join(entry.name, name), text])];
  });
  return Object.fromEntries(found);
}
