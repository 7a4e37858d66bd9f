import type { Fault } from '../../ground/finding.ts';

/** A field without which an entry means nothing. */
export function missing(field: string, path: Fault['path'], example: string): Fault {
  const entry = path.at(-1);
  return {
    id: 'missing-field',
    message: `"${field}" is missing${entry === undefined ? '' : ` in "${entry}"`}`,
    hint: `Add for example \`${example}\`.`,
    path,
  };
}
