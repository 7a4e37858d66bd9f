import type { EnvironmentReview, Review } from './review.ts';

/** The environments that a reader looks at one by one, and how many there are besides. */
export interface ToldEnvironments {
  readonly told: readonly EnvironmentReview[];
  /** Nothing changes in these, and nothing was found. */
  readonly quiet: number;
}

/** Of the environments those with changes, risks or findings, and those that were not read. */
export function toldEnvironments({ environments, findings }: Review): ToldEnvironments {
  const found = new Set(findings.flatMap(finding => finding.environments));
  const told = environments.filter(
    ({ name, presence, added, removed, changed, risks }) =>
      presence !== 'both' ||
      found.has(name) ||
      added + removed + changed + risks.block + risks.high + risks.warn > 0,
  );
  return { told, quiet: environments.length - told.length };
}

/** `247 units without changes`; nothing where all are told of. */
export function quietText({ quiet }: ToldEnvironments): string {
  if (quiet === 0) return '';
  return quiet === 1 ? '1 unit without changes' : `${quiet} units without changes`;
}
