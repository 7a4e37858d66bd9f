import { matchesGlob } from '../graph/glob.ts';
import { annotationOf, type Item } from '../graph/item.ts';
import type { Path } from '../source/finding.ts';
import { knownNames } from '../source/suggest.ts';
import type { RuleFinding } from './check-graph.ts';
import type { AcceptEntry } from './lint-config.ts';
import type { Rule } from './rule.ts';
import { rules } from './rules.ts';

/** An annotation that accepts findings about its object: `<rule>: <reason>`, one a line. */
const ACCEPT = 'rem-secrets.io/accept';

const ids: ReadonlySet<string> = new Set(rules.map(({ id }) => id));

/** What is wrong with an acceptance. It sees findings, not the graph, so it is not in the list. */
export const unusedAcceptance: Rule = {
  id: 'unused-acceptance',
  severity: 'warning',
  summary: 'Each acceptance names a rule, gives a reason, and accepts a finding.',
  check: () => [],
};

/** An acceptance where it stands: on an object, or at an index of the config. */
interface Acceptance extends Omit<AcceptEntry, 'object'> {
  readonly accepts: (finding: RuleFinding) => boolean;
  /** What it is for: in other overlays of a base the same. */
  readonly id: string | number;
  readonly on?: Item;
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
  items: readonly Item[],
  entries: readonly AcceptEntry[],
): Judgement {
  const onItems = new Map(items.flatMap(annotated));
  const inConfig = entries.map(configured);
  const used = new Set<Acceptance>();
  const open = found.filter(finding => {
    const all = [...(onItems.get(finding.item) ?? []), ...inConfig];
    const accepting = all.filter(acceptance => isValid(acceptance) && acceptance.accepts(finding));
    for (const acceptance of accepting) used.add(acceptance);
    return accepting.length === 0;
  });
  const unused = [...onItems.values()].flat().filter(acceptance => !used.has(acceptance));
  return {
    open,
    accepted: found.length - open.length,
    unused: new Map(unused.flatMap(acceptance => acceptanceFinding(acceptance))),
    used: new Set([...used].map(({ id }) => id)),
  };
}

/** What is wrong with an entry of the config that accepts nothing; the path is inside the entry. */
export function entryFault(entry: AcceptEntry): AcceptanceFault {
  const what = problemOf(entry);
  if (what !== undefined) return what;
  return {
    message: `nothing is accepted here: "${entry.object}" has no finding of "${entry.rule}"`,
    hint: 'Remove the entry, or mend the name: Kind/namespace/name.',
    path: ['object'],
  };
}

interface AcceptanceFault {
  readonly message: string;
  readonly hint: string;
  readonly path: Path;
}

function annotated(item: Item): [Item, Acceptance[]][] {
  const text = annotationOf(item, ACCEPT);
  if (text === undefined) return [];
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const acceptances = lines.map((line): Acceptance => {
    const [rule = '', ...reason] = line.split(':');
    return {
      rule: rule.trim(),
      reason: reason.join(':').trim(),
      on: item,
      id: `${item.kind}/${item.name}: ${line}`,
      accepts: finding => finding.rule.id === rule.trim(),
    };
  });
  return [[item, acceptances]];
}

function configured(entry: AcceptEntry, index: number): Acceptance {
  const [kind = '', ...rest] = entry.object.split('/');
  const name = rest.pop() ?? '';
  const namespace = rest.length === 0 ? '*' : rest.join('/');
  return {
    ...entry,
    id: index,
    accepts: ({ rule, item }) =>
      rule.id === entry.rule &&
      matchesGlob(kind, item.kind) &&
      matchesGlob(namespace, item.namespace) &&
      matchesGlob(name, item.name),
  };
}

function isValid(acceptance: Omit<AcceptEntry, 'object'>): boolean {
  return problemOf(acceptance) === undefined;
}

function problemOf({
  rule,
  reason = '',
}: Omit<AcceptEntry, 'object'>): AcceptanceFault | undefined {
  if (!ids.has(rule)) {
    const message = `there is no rule "${rule}"`;
    return { message, hint: knownNames('rules', rule, ids), path: ['rule'] };
  }
  if (reason.trim() !== '') return undefined;
  return {
    message: `the acceptance of "${rule}" gives no reason, and so accepts nothing`,
    hint: 'Say why it is right here, for those who read it later.',
    path: [],
  };
}

function acceptanceFinding(acceptance: Acceptance): [string, RuleFinding][] {
  const { on: item, rule, id } = acceptance;
  if (item === undefined) return [];
  const { message, hint } = problemOf(acceptance) ?? {
    message: `nothing is accepted here: the object has no finding of "${rule}"`,
    hint: 'Remove the line from the annotation.',
  };
  const path = ['metadata', 'annotations', ACCEPT];
  return [[String(id), { rule: unusedAcceptance, item, path, message, hint }]];
}
