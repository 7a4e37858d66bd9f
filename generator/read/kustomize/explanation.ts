import type { Place } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import type { Closure } from './closure.ts';

/** What is known when kustomize has failed. */
export interface Failed {
  readonly closure: Closure;
  readonly host: Host;
  /** What kustomize says: never shown. */
  readonly text: string;
}

/** What is to blame: the place, and a message that is better than the general one. */
export interface Blame {
  readonly at?: Place;
  readonly message?: string;
}

/** A failure of kustomize in our words. */
export interface Explanation {
  /** Tells it by kustomize's message. */
  readonly test: RegExp;
  readonly message: string;
  readonly hint?: string;
  /** It may fail so for want of what was left out, or of what that would have changed. */
  readonly mayLack?: true;
  readonly find?: (failed: Failed) => Blame | undefined;
}
