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
  /** What holds when nothing is wrong, in one sentence. */
  readonly summary: string;
  /** Looks at each object of `objects` by itself, whatever else there is. */
  readonly isLocal?: true;
  /**
   * Says that something is not there, which is known only where all that could make it is read: in
   * the whole world, or only of what is built along with it.
   */
  readonly claimsAbsence?: 'anywhere' | 'beside';
  readonly check: (graph: SecretGraph) => Iterable<RuleFault>;
}

/** A fault of an object; what is related are the other ends of the broken link. */
export interface ObjectFault extends Fault<ObjectField> {
  readonly hint: string;
  /** Why it is not known whether it is a fault: it is counted, and not told. */
  readonly doubt?: string;
}

/** A place where a rule does not hold: `checkGraph` adds the id and the severity of the rule. */
export interface RuleFault extends Omit<ObjectFault, 'id' | 'severity'> {
  /**
   * Where that would be which is not there: else in the object's own namespace; `itself`: the object
   * would have it, and has been read.
   */
  readonly absent?: Absent | 'itself';
}
