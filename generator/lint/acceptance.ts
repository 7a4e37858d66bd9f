import { annotationOf, type PlacedObject } from '../kinds/kind.ts';
import type { RuleFinding } from './check-graph.ts';
import { type Entry, type EntryFault, invalidEntry, objectPattern } from './entry.ts';
import type { Rule } from './rule.ts';
import { rules } from './rules.ts';

/** An annotation that accepts findings about its object: `<rule>: <reason>`, one a line. */
const ACCEPT = 'rem-secrets.io/accept';

const words = {
  noun: 'acceptance',
  verb: 'accepts',
  rules: new Set(rules.map(({ id }) => id)),
};

/** What is wrong with an acceptance. It sees findings, not the graph, so it is not in the list. */
export const unusedAcceptance: Rule = {
  id: 'unused-acceptance',
  severity: 'warning',
  summary: 'Each acceptance names a rule, gives a reason, and accepts a finding.',
  check: () => [],
};

/** An acceptance where it stands: on an object, or at an index of the config. */
interface Acceptance extends Omit<Entry, 'object'> {
  readonly accepts: (finding: RuleFinding) => boolean;
  /** What it is for: in other overlays of a base the same. */
  readonly id: string | number;
  readonly on?: PlacedObject;
}

/** Findings, after everything that is accepted has been taken away. */
export interface Judgement {
  readonly open: readonly RuleFinding[];
  readonly accepted: number;
  /** What is wrong with annotations that accept nothing, by what they are for. */
  readonly unused: ReadonlyMap<string, RuleFinding>;
  /** What accepts something: entries of the config by their index, annotations by what they are for. */
  readonly used: ReadonlySet<string | number>;
}

/** Takes away what the annotations of the objects and the entries of the config accept. */
export function judge(
  found: readonly RuleFinding[],
  objects: readonly PlacedObject[],
  entries: readonly Entry[],
): Judgement {
  const onObjects = new Map(objects.flatMap(annotated));
  const inConfig = entries.map(configured);
  const used = new Set<Acceptance>();
  const open = found.filter(finding => {
    const all = [...(onObjects.get(finding.object) ?? []), ...inConfig];
    const accepting = all.filter(
      acceptance => invalidAcceptance(acceptance) === undefined && acceptance.accepts(finding),
    );
    for (const acceptance of accepting) used.add(acceptance);
    return accepting.length === 0;
  });
  const unused = [...onObjects.values()].flat().filter(acceptance => !used.has(acceptance));
  return {
    open,
    accepted: found.length - open.length,
    unused: new Map(unused.flatMap(acceptance => acceptanceFinding(acceptance))),
    used: new Set([...used].map(({ id }) => id)),
  };
}

/** What is wrong with an entry of the config that accepts nothing; the path is inside the entry. */
export function entryFault(entry: Entry): EntryFault {
  const what = invalidAcceptance(entry);
  if (what !== undefined) return what;
  return {
    message: `nothing is accepted here: "${entry.object}" has no finding of "${entry.rule}"`,
    hint: 'Remove the entry, or mend the name: Kind/namespace/name.',
    path: ['object'],
  };
}

function annotated(object: PlacedObject): [PlacedObject, Acceptance[]][] {
  const text = annotationOf(object, ACCEPT);
  if (text === undefined) return [];
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const acceptances = lines.map((line): Acceptance => {
    const [rule = '', ...reason] = line.split(':');
    return {
      rule: rule.trim(),
      reason: reason.join(':').trim(),
      on: object,
      id: `${object.kind}/${object.name}: ${line}`,
      accepts: finding => finding.rule.id === rule.trim(),
    };
  });
  return [[object, acceptances]];
}

function configured(entry: Entry, index: number): Acceptance {
  const isAbout = objectPattern(entry.object);
  return {
    ...entry,
    id: index,
    accepts: ({ rule, object }) => rule.id === entry.rule && isAbout(object),
  };
}

function invalidAcceptance(acceptance: Omit<Entry, 'object'>): EntryFault | undefined {
  return invalidEntry(acceptance, words);
}

function acceptanceFinding(acceptance: Acceptance): [string, RuleFinding][] {
  const { on: object, rule, id } = acceptance;
  if (object === undefined) return [];
  const { message, hint } = invalidAcceptance(acceptance) ?? {
    message: `nothing is accepted here: the object has no finding of "${rule}"`,
    hint: 'Remove the line from the annotation.',
  };
  const path = ['metadata', 'annotations', ACCEPT];
  return [[String(id), { rule: unusedAcceptance, object, path, message, hint }]];
}
