import { RE2JS } from 're2js';
import { attempt } from './json.ts';

/** Nobody writes a longer expression, and the time for each place of a text grows with it. */
const LONGEST = 1000;

export interface GoMatch {
  readonly start: number;
  readonly end: number;
  /** The whole match, and that of each group, which may be empty. */
  readonly groups: readonly string[];
  readonly named: ReadonlyMap<string, string>;
}

/** Finds all matches of an expression as Go reads it (undefined: Go refuses it), by RE2: in linear time. */
export function goRegexp(source: string): ((text: string) => GoMatch[]) | undefined {
  if (source.length > LONGEST) return undefined;
  const compiled = attempt(() => RE2JS.compile(source));
  return compiled && (text => matchesOf(compiled, text));
}

function matchesOf(compiled: RE2JS, text: string): GoMatch[] {
  const matcher = compiled.matcher(text);
  const names = Object.entries(compiled.namedGroups());
  const matches: GoMatch[] = [];
  while (matcher.find()) {
    const length = matcher.groupCount() + 1;
    const groups = Array.from({ length }, (_, index) => matcher.group(index) ?? '');
    const named = new Map(names.map(([name, index]) => [name, groups[index] ?? '']));
    matches.push({ start: matcher.start(), end: matcher.end(), groups, named });
  }
  return matches;
}
