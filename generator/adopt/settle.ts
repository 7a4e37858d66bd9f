import { andThen, type Outcome, ok } from '../ground/finding.ts';
import { groupBy } from '../ground/group-by.ts';
import { identityOf, type KubeObject } from '../ground/kube-object.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import { expandTarget } from '../make/pipeline.ts';
import { checkSpec } from '../make/spec/parse-spec.ts';
import { type Choices, entryKey, type Lesson } from './choices.ts';
import { type Draft, type DraftEntry, NAMESPACE } from './draft.ts';
import { fitted } from './entry-patch.ts';
import { faultLessons } from './fault-lessons.ts';
import { differingFields, isAlike } from './minimal-patch.ts';
import { documentOf, specOfDraft } from './spec-of-draft.ts';

/** A draft, and what was found out about it; nothing: it makes what is wanted. */
interface Settled {
  readonly draft: Draft;
  readonly lessons: readonly Lesson[];
}

/** What a draft makes, by `entryKey`. */
type Made = ReadonlyMap<string, readonly KubeObject[]>;

/**
 * Expands a draft and holds what comes of it against what is wanted: patches what nearly fits, and
 * finds out which ways do not do.
 */
export function settle(draft: Draft, choices: Choices, validators: Validators): Settled {
  const made = makeDraft(draft, choices, validators);
  if (made.value === undefined)
    return { draft, lessons: faultLessons(made.faults, draft, choices) };
  const first = withPatches(draft, made.value);
  if (first.lessons.length > 0 || first.draft === draft) return first;
  const again = makeDraft(first.draft, choices, validators);
  if (again.value === undefined)
    return { draft, lessons: faultLessons(again.faults, first.draft, choices) };
  const isDone = (index: number): boolean => draft.entries[index] === first.draft.entries[index];
  return { draft: first.draft, lessons: unlike(first.draft, again.value, isDone) };
}

function makeDraft(draft: Draft, choices: Choices, validators: Validators): Outcome<Made> {
  const { name, deployers } = choices;
  const spec = checkSpec(documentOf(name, { ...specOfDraft(draft, choices), ...deployers }));
  return andThen(spec, checked =>
    andThen(expandTarget(checked, undefined, validators), ({ objects }) => {
      const groups = groupBy(objects, ({ path: [section = '', name = ''] }) =>
        entryKey({ section: String(section), name: String(name) }),
      );
      return ok(
        new Map([...groups].map(([key, built]) => [key, built.map(({ object }) => object)])),
      );
    }),
  );
}

/** The draft with what its entries lack as patches; the same draft where they lack nothing. */
function withPatches(draft: Draft, made: Made): Settled {
  const all = draft.entries.map(entry => fitted(entry, made.get(entryKey(entry)) ?? []));
  const entries = all.flatMap(one => one.entry ?? []);
  const isSame = entries.every((entry, index) => entry === draft.entries[index]);
  return {
    draft: isSame ? draft : { ...draft, entries },
    lessons: [...all.flatMap(one => one.lesson ?? []), ...namespaceLessons(draft, made)],
  };
}

/** The Namespace that is made, when the one that is wanted has more to it. */
function namespaceLessons({ wanted }: Draft, made: Made): Lesson[] {
  const [own] = made.get(entryKey(NAMESPACE)) ?? [];
  const want = wanted.find('Namespace', wanted.namespace);
  if (own === undefined || (want !== undefined && isAlike(own, want.object))) return [];
  return [{ entry: NAMESPACE, way: NAMESPACE.way, reason: 'the Namespace has more to it' }];
}

/** The patched entries whose objects are still not as they are wanted. */
function unlike(draft: Draft, made: Made, isDone: (index: number) => boolean): Lesson[] {
  return draft.entries.flatMap((entry, index) => {
    if (isDone(index)) return [];
    const objects = made.get(entryKey(entry)) ?? [];
    const isFit = fitted(entry, objects).entry === entry;
    return isFit ? [] : [{ entry, way: entry.way, reason: whyUnlike(entry, objects) }];
  });
}

/** What a patch cannot reach: the first field that is still another. */
function whyUnlike({ covers }: DraftEntry, made: readonly KubeObject[]): string {
  const fields = covers.flatMap(({ object }) => {
    const own = made.find(other => identityOf(other) === identityOf(object));
    return own === undefined ? [] : differingFields(own, object);
  });
  const [first] = fields;
  if (first?.what === 'reordered') return `${first.field} would stand in another order`;
  return `${first?.field ?? 'an object'} would be another`;
}
