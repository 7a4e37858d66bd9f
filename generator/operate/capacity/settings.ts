import type { Throughput } from '../../kinds/eso/call-limits.ts';

/** What manifests do not say of how ESO works, and what AWS holds. */
export interface CapacitySettings {
  /** Of the controller: how many objects it works on at once (`--concurrent`). */
  readonly concurrent: number;
  /** Seconds that a call to AWS takes. */
  readonly latency: number;
  /** How many entries a search goes through. */
  readonly found: number;
  /** What is paid for of Parameter Store. */
  readonly throughput: Throughput;
}

/** What is assumed where nothing is said: the controller of ESO's chart, and searches of one page. */
export const USUAL: CapacitySettings = {
  concurrent: 1,
  latency: 0.025,
  found: 10,
  throughput: 'default',
};
