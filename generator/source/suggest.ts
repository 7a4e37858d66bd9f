import { distance } from 'fastest-levenshtein';

/** The known name that is most likely meant, or nothing when none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const far = distance(name.toLowerCase(), candidate.toLowerCase());
    if (far < least) [best, least] = [candidate, far];
  }
  return best;
}

/**
 * A hint that names what exists: `The stores are: aws, vault. Did you mean "aws"?`
 * `what` is the plural with its article; at most 12 names are listed.
 */
export function knownNames(what: string, name: string, known: Iterable<string>): string {
  const names = [...known].sort();
  if (names.length === 0) return `There are no ${what}.`;
  const listed = names.slice(0, 12).join(', ') + (names.length > 12 ? ', …' : '');
  const meant = nearest(name, names);
  return `The ${what} are: ${listed}.${meant === undefined ? '' : ` Did you mean "${meant}"?`}`;
}
