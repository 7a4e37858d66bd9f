import type { Place } from '../../../ground/finding.ts';
import { placeText } from '../../text.ts';
import { namesOf } from '../words.ts';

/** A place before what is said of it. */
export function placed(at: Place | undefined): string {
  return at === undefined ? '' : `${placeText(at)}: `;
}

/** The environments behind what is said of them: ` (dev, prod)`. */
export function where(environments: readonly string[]): string {
  const names = namesOf(environments);
  return names === '' ? '' : ` (${names})`;
}
