import { RE2JS } from 're2js';

/** An expression longer than this nobody writes, and it would take its length to try each place. */
const LONGEST = 1000;

/** What an expression finds in a text, as Go does. */
export interface GoMatch {
  readonly start: number;
  readonly end: number;
  /** The whole match, and what each group took; a group that took no part is empty. */
  readonly groups: readonly string[];
  /** The groups that have names, by these. */
  readonly named: ReadonlyMap<string, string>;
}

/**
 * Finds all matches of an expression, as Go's regexp reads it; undefined where Go refuses it. The
 * expressions stand in manifests: RE2 takes time proportional to the text, whatever is written,
 * while the expressions of JavaScript can be made to run for ever. re2js is a port of it, loaded
 * only where there is an expression.
 */
export function goRegexp(source: string): ((text: string) => GoMatch[]) | undefined {
  if (source.length > LONGEST) return undefined;
  const compiled = compiledOf(source);
  return compiled && (text => matchesOf(compiled, text));
}

function compiledOf(source: string): RE2JS | undefined {
  try {
    return RE2JS.compile(source);
  } catch {
    return undefined;
  }
}

function matchesOf(compiled: RE2JS, text: string): GoMatch[] {
  const matcher = compiled.matcher(text);
  const names = Object.entries(compiled.namedGroups());
  const matches: GoMatch[] = [];
  while (matcher.find()) {
    const groups = Array.from(
      { length: matcher.groupCount() + 1 },
      (_, index) => matcher.group(index) ?? '',
    );
    const named = new Map(names.map(([name, index]) => [name, groups[index] ?? '']));
    matches.push({ start: matcher.start(), end: matcher.end(), groups, named });
  }
  return matches;
}
