import { type ObjectName, type Outcome, ok, type Path } from '../core/finding.ts';
import { knownNames, matchesGlob } from '../core/names.ts';
import { schemaFaults, type Validator } from '../core/schema.ts';
import { annotationOf, type PlacedObject } from '../kinds/kind.ts';
import type { RuleFinding } from './check-graph.ts';
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

/** Somebody knows of something and writes down why it is right: what rule finds of what object. */
export interface Entry {
  readonly rule: string;
  /** `Kind/namespace/name` or `Kind/name`, with `*` and `?`. */
  readonly object: string;
  readonly reason?: string;
}

/** What is wrong with an entry; the path is inside of it. */
export interface EntryFault {
  readonly message: string;
  readonly hint: string;
  readonly path: Path;
}

/** How a kind of entry speaks of itself: an `acceptance` that `accepts`. */
interface EntryWords {
  readonly noun: string;
  readonly verb: string;
  /** The ids of the rules that it may name. */
  readonly rules: ReadonlySet<string>;
}

/** The objects that an entry is about; `Kind/name` is the cluster's own and any namespace's. */
export function objectPattern(pattern: string): (object: ObjectName) => boolean {
  const [kindGlob = '', ...rest] = pattern.split('/');
  const nameGlob = rest.pop() ?? '';
  const namespaceGlob = rest.length === 0 ? '*' : rest.join('/');
  return ({ kind, namespace = '', name }) =>
    matchesGlob(kindGlob, kind) &&
    matchesGlob(namespaceGlob, namespace) &&
    matchesGlob(nameGlob, name);
}

/** What keeps an entry from having any effect: a rule that is none, or no reason. */
export function invalidEntry(
  { rule, reason = '' }: Omit<Entry, 'object'>,
  { noun, verb, rules }: EntryWords,
): EntryFault | undefined {
  if (!rules.has(rule)) {
    const message = `there is no rule "${rule}"`;
    return { message, hint: knownNames('rules', rule, rules), path: ['rule'] };
  }
  if (reason.trim() !== '') return undefined;
  return {
    message: `the ${noun} of "${rule}" gives no reason, and so ${verb} nothing`,
    hint: 'Say why it is right here, for those who read it later.',
    path: [],
  };
}

/** A document held against its schema. An empty one says nothing, which every field allows. */
export function checkDocument<T extends object>(
  document: unknown,
  validate: Validator,
): Outcome<Partial<T>> {
  if (document === undefined || document === null) return ok({});
  if (isOf<T>(document, validate)) return ok(document);
  return { faults: schemaFaults(validate.errors ?? [], document) };
}

function isOf<T>(document: unknown, validate: Validator): document is T {
  return validate(document);
}
