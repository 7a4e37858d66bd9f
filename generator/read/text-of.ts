import type { Host } from '../ground/host.ts';

/** A file's text; what is not UTF-8 in it becomes U+FFFD. */
export function textOf(file: string, { readFile }: Host): string {
  return new TextDecoder().decode(readFile(file));
}
