import type { Fault } from '../core/finding.ts';
import type { Absent } from '../graph/doubts.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import type { Kind, ObjectField, PlacedObject } from '../kinds/kind.ts';

/** Whether anybody asks for the faults of an object. */
export type IsAsked = (object: PlacedObject) => boolean;

export interface Rule {
  /** Names the fault, in kebab-case; also the file, the page and the test folder. */
  readonly id: string;
  /** error: the cluster will not work. warning: it works now and will hurt later. */
  readonly severity: 'error' | 'warning';
  /** Looks at each object of `objects` by itself, whatever else there is. */
  readonly isLocal?: true;
  /** Its faults say that something is missing: from the whole world, or from what is built together with the object. */
  readonly claimsAbsence?: 'anywhere' | 'beside';
  /** Gives the faults of objects that are asked for. */
  readonly check: (graph: SecretGraph, isAsked?: IsAsked) => Iterable<RuleFault>;
}

/** What a rule judges one by one: the objects of kinds, a list of the graph, or what a function finds in it. */
type Over = Kind | readonly Kind[] | List | ((graph: SecretGraph) => Iterable<Judged>);
type List = 'objects' | 'specs' | 'externalSecrets' | 'pods' | 'containers' | 'readers';

/** An object, or what is about one. */
type Judged = PlacedObject | { readonly object: PlacedObject };

type JudgedOf<O> = O extends List
  ? SecretGraph[O][number]
  : O extends (graph: SecretGraph) => Iterable<infer T>
    ? T
    : PlacedObject;

/** A fault of what is judged: what nobody asks for is not judged. */
type Found = Omit<RuleFault, 'object'> & { readonly object?: never };
type Judge<T, F = Found> = (item: T, graph: SecretGraph) => F | Iterable<F> | undefined;
type AnyJudge = Judge<never, Found | RuleFault>;

interface RuleMaker {
  (id: string, faults: (graph: SecretGraph) => Iterable<RuleFault>): Rule;
  <O extends Over>(id: string, over: O, judge: Judge<JudgedOf<O>>): Rule;
}

function ruleWith(severity: Rule['severity'], facts: Partial<Rule> = {}): RuleMaker {
  return (id: string, over: Over, judge: AnyJudge = (fault: RuleFault) => fault): Rule => ({
    id,
    severity,
    ...facts,
    check: (graph, isAsked) => foundIn(graph, over, judge, isAsked),
  });
}

function* foundIn(
  graph: SecretGraph,
  over: Over,
  judge: AnyJudge,
  isAsked: IsAsked = () => true,
): Iterable<RuleFault> {
  for (const item of itemsOf(graph, over)) {
    const object = 'object' in item ? item.object : item;
    if (!isAsked(object)) continue;
    // The types of `RuleMaker` see to it that a judge takes these items.
    const found = judge(item as never, graph) ?? [];
    for (const fault of Symbol.iterator in found ? found : [found]) yield { object, ...fault };
  }
}

function itemsOf(graph: SecretGraph, over: Over): Iterable<Judged> {
  if (typeof over === 'function') return over(graph);
  return typeof over === 'string' ? graph[over] : [over].flat().flatMap(graph.byKind);
}

/** A rule whose faults keep the cluster from working. */
export const error: RuleMaker = ruleWith('error');

/** An `error` rule that looks at each object by itself. */
export const localError: RuleMaker = ruleWith('error', { isLocal: true });

/** A rule about what works now and will hurt later. */
export const warning: RuleMaker = ruleWith('warning');

/** A rule whose faults say that something is nowhere. */
export const absence: RuleMaker = ruleWith('error', { claimsAbsence: 'anywhere' });
export const absenceWarning: RuleMaker = ruleWith('warning', { claimsAbsence: 'anywhere' });

/** A rule whose faults say that something is missing from what is built together with the object. */
export const absenceBeside: RuleMaker = ruleWith('error', { claimsAbsence: 'beside' });
export const besideWarning: RuleMaker = ruleWith('warning', { claimsAbsence: 'beside' });

/** A fault of an object; its related fields are the other ends of the broken link. */
export interface ObjectFault extends Fault<ObjectField> {
  readonly hint: string;
  /** What may make the missing thing, though it was not read. Such a fault is counted and not printed. */
  readonly doubt?: string;
}

/** A place where a rule does not hold: `checkGraph` adds the id and the severity of the rule. */
export interface RuleFault extends Omit<ObjectFault, 'id' | 'severity'> {
  readonly severity?: Rule['severity'];
  /** Where the missing thing would be, by default in the object's namespace; `itself`: in the object, which has been read. */
  readonly absent?: Absent | 'itself';
}

export type FaultText = Pick<RuleFault, 'message' | 'hint'>;
