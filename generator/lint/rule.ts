import type { Fault } from '../core/finding.ts';
import type { Absent } from '../graph/doubts.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import type { ObjectField } from '../kinds/kind.ts';

/** One thing that is checked. */
export interface Rule {
  /** Names the fault, in kebab-case; also the file, the page and the test folder. */
  readonly id: string;
  /** error: the cluster will not work. warning: it works now and will hurt later. */
  readonly severity: 'error' | 'warning';
  /** Looks at each object of `objects` by itself, whatever else there is. */
  readonly isLocal?: true;
  /** Its faults say that something is missing: from the whole world, or from what is built together with the object. */
  readonly claimsAbsence?: 'anywhere' | 'beside';
  readonly check: (graph: SecretGraph) => Iterable<RuleFault>;
}

type Check = Rule['check'];

/** A rule whose faults keep the cluster from working. */
export function error(id: string, check: Check): Rule {
  return { id, severity: 'error', check };
}

/** A rule about what works now and will hurt later. */
export function warning(id: string, check: Check): Rule {
  return { id, severity: 'warning', check };
}

/** An error that something is nowhere. */
export function absence(id: string, check: Check): Rule {
  return { id, severity: 'error', claimsAbsence: 'anywhere', check };
}

/** An error that something is missing from what is built together. */
export function absenceBeside(id: string, check: Check): Rule {
  return { id, severity: 'error', claimsAbsence: 'beside', check };
}

/** A fault of an object; what is related are the other ends of the broken link. */
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
