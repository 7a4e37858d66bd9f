import type { Covered, Rung } from '../../adopt/coverage.ts';
import type { Proof } from '../../adopt/proof.ts';
import type { Finding } from '../../ground/finding.ts';
import { sum } from '../../ground/sum.ts';

/** What `import` made of manifests. */
export interface ImportReport {
  readonly environments: readonly ImportedEnvironment[];
  /** The file of the spec, and what became of it. */
  readonly file: string;
  readonly outcome: 'refused' | 'written';
  /** What is wrong with the manifests, which `lint` tells too. */
  readonly findings: readonly Finding[];
  /** What was not read of them: the proof is about the rest. */
  readonly unread: readonly Finding[];
  /** Why the spec itself does not hold. */
  readonly faults: readonly Finding[];
  /** What to do next, a line each. */
  readonly advice: readonly string[];
}

/** An environment: its objects and the ways they are said, and how what the spec makes differs. */
export interface ImportedEnvironment extends Proof {
  readonly namespace: string;
  /** The one place that it was read from; absent: there are several. */
  readonly from?: string;
  readonly coverage: readonly Covered[];
  /** Objects that name no namespace, and are taken to be in that of the environment. */
  readonly homeless: number;
}

/** How much is said in one way. */
export interface RungCount {
  readonly rung: Rung;
  readonly objects: number;
  readonly fields: number;
  readonly patchedFields: number;
}

/** The objects and fields of all environments, by the ways they are said. */
export function countsOf(
  { environments }: ImportReport,
  rungs: readonly Rung[],
): readonly RungCount[] {
  const all = environments.flatMap(({ coverage }) => [...coverage]);
  return rungs.map(rung => {
    const own = all.filter(covered => covered.rung === rung);
    return {
      rung,
      objects: own.length,
      fields: sum(own.map(({ fields }) => fields)),
      patchedFields: sum(own.map(({ patchedFields }) => patchedFields)),
    };
  });
}

/** How many objects differ, and how many were compared. */
export function differencesOf({ environments }: ImportReport): {
  readonly differing: number;
  readonly compared: number;
} {
  return {
    differing: sum(environments.map(({ changes }) => changes.length)),
    compared: sum(environments.map(({ objects }) => objects)),
  };
}
