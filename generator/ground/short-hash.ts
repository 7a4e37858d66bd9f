import { createHash } from 'node:crypto';

/** What keeps names apart that are cut: the same for the same text. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
