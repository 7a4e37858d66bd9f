import { createHash } from 'node:crypto';

/**
 * A text in lower-case letters, digits and dashes, which are not at its ends, as the names of objects
 * have to be: `Shop API` is `shop-api`. Empty where nothing of it is left.
 */
export function plainName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** The start of a plain name that is no longer than this. */
export function cutName(name: string, length: number): string {
  return name.slice(0, length).replace(/-$/, '');
}

/** What keeps names apart that are cut: the same for the same text. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
