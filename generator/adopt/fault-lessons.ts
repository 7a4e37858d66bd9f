import type { Fault, Path } from '../ground/finding.ts';
import { isMap, textAt, valueAt } from '../ground/json.ts';
import { type Choices, DECLARED, type EntryName, type Lesson } from './choices.ts';
import type { Draft, DraftEntry } from './draft.ts';
import { documentOf, outsideId, specOfDraft } from './spec-of-draft.ts';

/** What the faults of a draft's spec say about the ways of its entries. */
export function faultLessons(faults: readonly Fault[], draft: Draft, choices: Choices): Lesson[] {
  return faults.flatMap(fault => lessonOf(fault, draft, choices) ?? []);
}

function lessonOf(fault: Fault, draft: Draft, choices: Choices): Lesson | undefined {
  const own = entryAt(fault.path, draft);
  if (fault.id === 'unknown-secret') {
    const outside = outsideOf(fault, draft, choices);
    if (outside !== undefined) return { outside };
  }
  const other = (fault.related ?? [])
    .map(({ path }) => entryAt(path, draft))
    .find(one => one !== undefined && one.section !== 'resources');
  // Of two that make one object the one goes that can be said otherwise.
  const entry = own?.section === 'resources' && other !== undefined ? other : own;
  if (entry !== undefined) return { entry, way: entry.way, reason: fault.message };
  const name = declared(fault.path);
  return name && { entry: name, way: DECLARED, reason: fault.message };
}

/** The Secret that a fault says is nowhere, if it can be declared. */
function outsideOf(fault: Fault, draft: Draft, choices: Choices): string | undefined {
  const document = documentOf(choices.name, specOfDraft(draft, choices));
  const value = valueAt(document, fault.path);
  const secret = isMap(value) ? textAt(value, 'secret') : value;
  if (typeof secret !== 'string' || !fault.message.includes(`"${secret}"`)) return undefined;
  const id = outsideId(draft.wanted, secret);
  return choices.outside.has(id) ? undefined : id;
}

function entryAt([, section, name]: Path, { entries }: Draft): DraftEntry | undefined {
  return entries.find(entry => entry.section === section && entry.name === name);
}

/** A Secret that is declared as made by hand, under a name or with a key that no spec can have. */
function declared([, section, name]: Path): EntryName | undefined {
  return section === 'secrets' && name !== undefined ? { section, name: String(name) } : undefined;
}
