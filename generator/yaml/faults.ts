import type { Fault } from '../core/finding.ts';

/* The faults that the gate finds, each in its words. */

/** A text that not all readers read alike. */
export function ambiguous(offset: number, message: string, hint: string): Fault {
  return faultAt(offset, { id: 'ambiguous-yaml', message, hint });
}

export function controlCharacter(offset: number): Fault {
  return faultAt(offset, {
    id: 'yaml-syntax',
    message: 'not valid YAML: there is a control character, which no text may hold',
    hint: 'Remove it, or write it as an escape in double quotes.',
  });
}

export function aliasAsName(offset: number): Fault {
  return ambiguous(offset, 'an alias cannot be the name of an entry', 'Write the name out.');
}

export function mergedBelow(offset: number, above: number): Fault {
  const fault = ambiguous(
    offset,
    '<< brings an entry that stands above it, and readers differ about which of the two counts',
    'Write << first in its map.',
  );
  return { ...fault, related: [{ note: 'the entry', path: [], offset: above }] };
}

export function oddMerge(offset: number): Fault {
  return ambiguous(
    offset,
    '<< takes an alias, or a list of aliases, and readers differ about anything else',
    'Write the entries out; text that is << needs another name.',
  );
}

/** A fault at an offset, in a document whose paths are not known. */
function faultAt(offset: number, fault: Omit<Fault, 'path' | 'offset'>): Fault {
  return { ...fault, path: [], offset };
}

export function notListed({ id, offset = 0 }: Fault, count: number): Fault {
  return faultAt(offset, {
    id,
    message: `from here on there are ${count} more faults of this kind or the others, not listed`,
    hint: 'Mend those before it first.',
  });
}

export function duplicateKey(offset: number, before: number): Fault {
  return faultAt(offset, {
    id: 'duplicate-key',
    message: 'this name is in the map already',
    hint: 'Keep one of the two entries.',
    related: [{ note: 'the first one', path: [], offset: before }],
  });
}

export function collectionAsName(offset: number): Fault {
  return faultAt(offset, {
    id: 'yaml-syntax',
    message: 'not valid YAML: a map or list cannot be the name of an entry',
    hint: "Put text that begins with { or [ in quotes, a template too: '{{ .password }}'.",
  });
}

/** Quotes only the name of an anchor: other text that begins with * may be a secret. */
export function unknownAlias(offset: number, name: string, anchor: number | undefined): Fault {
  if (anchor === undefined)
    return faultAt(offset, {
      id: 'yaml-syntax',
      message: 'not valid YAML: the alias stands for an anchor (&name) that is not before it',
      hint: 'Put text that begins with * in quotes.',
    });
  return faultAt(offset, {
    id: 'yaml-syntax',
    message: `not valid YAML: the alias *${name} stands for the anchor &${name}, which is not before it`,
    hint: `Write &${name} where the value is first in the document, and *${name} where it is again.`,
    related: [{ note: `the anchor &${name}`, path: [], offset: anchor }],
  });
}

export function endlessAlias(offset: number): Fault {
  return faultAt(offset, {
    id: 'alias-bomb',
    message: 'this alias stands inside what it stands for, so it would have no end',
    hint: 'Write out what is meant here.',
  });
}

export function aliasBomb(offset: number, most: number): Fault {
  return faultAt(offset, {
    id: 'alias-bomb',
    message: `with its aliases written out the file has more than ${most} values`,
    hint: 'Take aliases out of what other aliases stand for.',
  });
}
