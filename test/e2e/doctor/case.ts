import type { LinkName } from '../../../generator/doctor/verdict.ts';
import type { Stack } from './stack.ts';

/** One thing that is broken, and what doctor has to say of it first. */
interface BrokenCase {
  /** Changes what Git says, and the cluster has. */
  readonly wrong?: (stack: Stack) => void;
  /** Changes what the cluster has, and Git does not say. */
  readonly drifted?: (stack: Stack) => void;
  /** What happens when all is applied and well. */
  readonly later?: (namespace: string) => Promise<void>;
  /** The Secret that gets stuck; by default `api`. */
  readonly secret?: string;
  /** Another one that is rightly told, as what the first is made of. */
  readonly also?: string;
  readonly link: LinkName;
  /** What the message or the evidence says. */
  readonly words: string;
}

export type BrokenCases = Readonly<Record<string, BrokenCase>>;
