import type { Fault, Path } from '../ground/finding.ts';
import { isMap, isSame, type JsonObject, textAt, valueAt } from '../ground/json.ts';
import { identityOf, type KubeObject } from '../ground/kube-object.ts';
import { type Choices, DECLARED, type EntryName, type Lesson } from './choices.ts';
import type { Draft, DraftEntry } from './draft.ts';
import { isAlike, minimalPatch } from './minimal-patch.ts';
import { documentOf, outsideId, specOfDraft } from './spec-of-draft.ts';

/** An entry that makes what it stands for, or why it cannot. */
type Fitted =
  | { readonly entry: DraftEntry; readonly lesson?: undefined }
  | { readonly entry?: undefined; readonly lesson: Lesson };

/** The entry with patches for what it makes otherwise than it is wanted. */
export function fitted(entry: DraftEntry, made: readonly KubeObject[]): Fitted {
  const wanted = new Map(entry.covers.map(({ json }) => [identityOf(json), json]));
  const extra = made.find(object => !wanted.has(identityOf(object)));
  if (extra !== undefined)
    return refusal(entry, `it would make the ${extra.kind} "${extra.metadata.name}" too`);
  if (made.length < wanted.size) return refusal(entry, 'it would not make all that is there');
  const pairs = made.map(object => ({
    made: object,
    want: wanted.get(identityOf(object)) ?? object,
  }));
  const unlike = pairs.filter(pair => !isAlike(pair.made, pair.want));
  if (unlike.length === 0) return { entry };
  if (entry.section === 'resources') return refusal(entry, 'expand would change it');
  const patch = patchByKind(unlike, pairs);
  if (patch === undefined) return refusal(entry, 'its objects of one kind differ in several ways');
  const whole = { ...entry, entry: { ...entry.entry, patch } };
  return isLonger(whole)
    ? refusal(entry, 'the short form with its patch is longer')
    : { entry: whole };
}

function refusal(entry: DraftEntry, reason: string): Fitted {
  return { lesson: { entry, way: entry.way, reason } };
}

interface Pair {
  readonly made: KubeObject;
  readonly want: KubeObject;
}

/** A patch is merged into all objects of its kind: they have to want the same of it. */
function patchByKind(unlike: readonly Pair[], all: readonly Pair[]): JsonObject | undefined {
  const patches = new Map<string, JsonObject>();
  for (const { made, want } of unlike) {
    const patch = minimalPatch(made, want) ?? {};
    const before = patches.get(made.kind);
    if (before !== undefined && !isSame(before, patch)) return undefined;
    patches.set(made.kind, patch);
  }
  const ofKinds = all.filter(({ made }) => patches.has(made.kind));
  return ofKinds.length > unlike.length ? undefined : Object.fromEntries(patches);
}

/** Whether the objects themselves would be the shorter text. */
function isLonger({ entry, covers }: DraftEntry): boolean {
  const objects = covers.map(({ json }) => json);
  return JSON.stringify(entry).length > JSON.stringify(objects).length;
}

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
