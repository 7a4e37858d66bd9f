import type { RelatedField } from '../../graph/secret-graph.ts';
import type { RuleFault } from '../../lint/rule.ts';
import type { Comparison } from '../changes/comparison.ts';

/**
 * block: data is lost or the apply is rejected. high: an outage is likely. warn: something restarts
 * or behaves differently.
 */
export type Level = 'block' | 'high' | 'warn';

/** The levels, the worst first. */
export const LEVELS: readonly Level[] = ['block', 'high', 'warn'];

/** One kind of change that hurts. */
export interface RiskRule {
  /** Names the risk, in kebab-case; also the file, the page and the test folder. */
  readonly id: string;
  /** The level of the rule; a risk may state another where the circumstances make it so. */
  readonly level: Level;
  /** What changes, in one sentence. */
  readonly summary: string;
  /** Lint rules that find the same: of the objects that a risk names nothing is said twice. */
  readonly tells?: readonly string[];
  readonly check: (comparison: Comparison) => Iterable<Risk>;
}

/** A change that hurts: the object at risk, what will happen to it, and what to do instead. */
export interface Risk extends RuleFault {
  /** Where the rule's own level is not the right one. */
  readonly level?: Level;
  /** The side that the object stands on. */
  readonly side: 'base' | 'head';
  /** What Argo CD will do with a removed object (`review/changes/deletion.ts`). */
  readonly outcome?: string;
  /** Other objects of the matter, such as the readers of a Secret. */
  readonly related?: readonly RelatedObject[];
}

export interface RelatedObject extends RelatedField {
  readonly side: 'base' | 'head';
}
