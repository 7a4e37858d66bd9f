import type { Finding } from '../ground/finding.ts';

/** A message, with its hint as a second sentence. */
export function withHint({ message, hint }: Pick<Finding, 'hint' | 'message'>): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}
