import { andThen, type Outcome, ok } from '../ground/finding.ts';
import { groupBy } from '../ground/group-by.ts';
import { identityOf, type KubeObject } from '../ground/kube-object.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import { expandUnit } from '../make/pipeline.ts';
import { checkSpec } from '../make/spec/parse-spec.ts';
import { type Choices, entryKey, knownCount, type Lesson, learned } from './choices.ts';
import type { DeployerSections } from './deployers/tree.ts';
import { type Draft, type DraftEntry, draftOf, NAMESPACE } from './draft.ts';
import { faultLessons, fitted } from './lessons.ts';
import { marksOf } from './marks.ts';
import { differingFields, isAlike } from './minimal-patch.ts';
import { type ResourceName, resourceNames } from './resources.ts';
import { documentOf, specOfDraft } from './spec-of-draft.ts';
import type { Wanted } from './wanted.ts';

/** The drafts of all environments, and what was found out. */
interface Search {
  readonly drafts: readonly Draft[];
  readonly choices: Choices;
}

/**
 * Looks for the shortest spec of each environment that makes what is wanted. Each round tells ways that do
 * not do; when one tells nothing new, the drafts stand.
 */
export function search(
  all: readonly Wanted[],
  name: string,
  deployers: DeployerSections,
  validators: Validators,
): Search {
  const resourceName = resourceNames(all);
  const begun = {
    ...marksOf(all, name),
    deployers,
    refused: new Map(),
    outside: new Set<string>(),
  };
  const first = rounds(all, begun, resourceName, validators);
  // Some Secrets were asked for by ways that were refused later: which are needed is seen anew.
  return rounds(all, { ...first.choices, outside: new Set() }, resourceName, validators);
}

function rounds(
  all: readonly Wanted[],
  first: Choices,
  resourceName: ResourceName,
  validators: Validators,
): Search {
  let choices = first;
  for (;;) {
    const settled = all.map(wanted =>
      settle(draftOf(wanted, choices, resourceName), choices, validators),
    );
    const next = learned(
      choices,
      settled.flatMap(({ lessons }) => lessons),
    );
    if (knownCount(next) === knownCount(choices))
      return { drafts: settled.map(({ draft }) => draft), choices };
    choices = next;
  }
}

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
function settle(draft: Draft, choices: Choices, validators: Validators): Settled {
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
    andThen(expandUnit(checked, undefined, validators), ({ objects }) => {
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
  if (own === undefined || (want !== undefined && isAlike(own, want.json))) return [];
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
  const fields = covers.flatMap(({ json }) => {
    const own = made.find(other => identityOf(other) === identityOf(json));
    return own === undefined ? [] : differingFields(own, json);
  });
  const [first] = fields;
  if (first?.what === 'reordered') return `${first.field} would stand in another order`;
  return `${first?.field ?? 'an object'} would be another`;
}
