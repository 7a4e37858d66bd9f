import { type Diagnosis, type SecretHealth, tellingLink } from '../../operate/doctor/diagnosis.ts';

/** How many Secrets are so. */
export function healthCount(
  diagnoses: readonly Diagnosis[],
  state: 'broken' | 'unknown' | 'ok',
): number {
  return healths(diagnoses).filter(health => (tellingLink(health)?.verdict.state ?? 'ok') === state)
    .length;
}

/** Nothing is broken, and nothing will be known only in a while. */
export function isSettled(diagnoses: readonly Diagnosis[]): boolean {
  return healths(diagnoses).every(({ links }) =>
    links.every(({ verdict }) =>
      verdict.state === 'unknown' ? verdict.isPending !== true : verdict.state !== 'broken',
    ),
  );
}

/** What people and pipelines are told last, and while they wait. */
export function summaryOf(diagnoses: readonly Diagnosis[]): string {
  const [well, broken, unknown] = (['ok', 'broken', 'unknown'] as const).map(state =>
    healthCount(diagnoses, state),
  );
  return `rem-secrets: Secrets: ${well} well, ${broken} broken, ${unknown} not known\n`;
}

function healths(diagnoses: readonly Diagnosis[]): SecretHealth[] {
  return diagnoses.flatMap(({ secrets }) => [...secrets]);
}
