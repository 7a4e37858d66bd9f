import type { Omission } from '../make/spec/spec.ts';
import type { DeployerSections } from './deployers/tree.ts';

/** What was found out about the ways to say objects: it only grows, so that the search has an end. */
export interface Choices {
  /** metadata.name of the spec. */
  readonly name: string;
  readonly omit: readonly Omission[];
  /** How the tree is applied: it decides what objects are given. */
  readonly deployers: DeployerSections;
  /** Ways that do not do, by entry, and why. */
  readonly refused: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Secrets that are read, and that nothing in an environment makes: `environment/name`. */
  readonly outside: ReadonlySet<string>;
}

/** The way in which a Secret is declared that nothing of a spec makes. */
export const DECLARED = 'declared';

/** Something found out. */
export type Lesson =
  | { readonly entry: EntryName; readonly way: string; readonly reason: string }
  | { readonly outside: string };

/** An entry of the spec: its collection, and its name there. */
export interface EntryName {
  readonly section: string;
  readonly name: string;
}

export function entryKey({ section, name }: EntryName): string {
  return `${section}/${name}`;
}

/**
 * The choices with what was found out. A way that one environment cannot go none goes: two ways to say an
 * object would be a longer spec than the one that all can go.
 */
export function learned(choices: Choices, lessons: readonly Lesson[]): Choices {
  const refused = new Map(choices.refused);
  const outside = new Set(choices.outside);
  for (const lesson of lessons) {
    if ('outside' in lesson) {
      outside.add(lesson.outside);
      continue;
    }
    const key = entryKey(lesson.entry);
    const before = refused.get(key) ?? new Map();
    if (!before.has(lesson.way))
      refused.set(key, new Map([...before, [lesson.way, lesson.reason]]));
  }
  return { ...choices, refused, outside };
}

/** How much is known. */
export function knownCount({ refused, outside }: Choices): number {
  return [...refused.values()].reduce((sum, ways) => sum + ways.size, outside.size);
}

export function isRefused({ refused }: Choices, entry: EntryName, way: string): boolean {
  return refused.get(entryKey(entry))?.has(way) === true;
}

/** Why the shorter ways of an entry do not do: what was found out last. */
export function whyLonger({ refused }: Choices, entry: EntryName): string | undefined {
  return [...(refused.get(entryKey(entry))?.values() ?? [])].at(-1);
}
