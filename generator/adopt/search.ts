import type { Validators } from '../ground/schema/schema-check.ts';
import { type Choices, learned, sizeOf } from './choices.ts';
import type { DeployerSections } from './deployers/tree.ts';
import { type Draft, draftOf } from './draft.ts';
import { marksOf } from './marks.ts';
import { type ResourceName, resourceNames } from './resource-names.ts';
import { settle } from './settle.ts';
import type { Wanted } from './wanted.ts';

/** The drafts of all environments, and what was found out. */
export interface Search {
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
    if (sizeOf(next) === sizeOf(choices))
      return { drafts: settled.map(({ draft }) => draft), choices };
    choices = next;
  }
}
