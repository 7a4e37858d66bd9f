import type { BrokenCases } from './case.ts';
import { podCases } from './pod-cases.ts';
import { storeCases } from './store-cases.ts';
import { syncCases } from './sync-cases.ts';

/** What is broken in the cluster, each in a namespace of its own. */
export const brokenCases: BrokenCases = { ...storeCases, ...syncCases, ...podCases };
