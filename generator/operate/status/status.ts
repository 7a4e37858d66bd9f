import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { ownName } from '../../kinds/eso/external-secret-spec.ts';
import { refreshSeconds, refreshTime } from '../../kinds/eso/sync-status.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { healthOf, type SecretHealth } from '../doctor/diagnosis.ts';
import { expectedSecrets } from '../doctor/expected-secrets.ts';
import { ageText } from '../doctor/times.ts';
import type { Examined } from '../doctor/verdict.ts';
import { type SpecState, specState } from './spec-state.ts';

/** A Secret of an environment on one line. */
export interface SecretStatus {
  readonly health: SecretHealth;
  readonly spec: SpecState;
  /** How long ago its data was written. */
  readonly written?: string | undefined;
  /** How long ago External Secrets last brought it up to date, and when it does so next. */
  readonly refreshed?: string | undefined;
  readonly next?: string | undefined;
}

/** The Secrets of an environment, as they are in the cluster that it was looked for in. */
export interface EnvironmentStatus {
  readonly environment: string;
  readonly newest: string | undefined;
  readonly secrets: readonly SecretStatus[];
}

/** How each Secret is that the own objects of a graph make or need. */
export function statusOf(
  environment: string,
  own: ReadonlySet<PlacedObject>,
  around: Omit<Examined, 'secret'>,
): EnvironmentStatus {
  const secrets = expectedSecrets(around.graph, own).map((secret): SecretStatus => {
    const examined = { ...around, secret };
    const { namespace, name } = secret;
    return {
      health: healthOf(examined),
      spec: specState(examined),
      written: around.dump.ageOf(around.dump.secret(namespace, name)?.written),
      ...refreshOf(examined),
    };
  });
  return { environment, newest: around.dump.newest, secrets };
}

/** Of several ExternalSecrets for one Secret the one that comes first. */
function refreshOf({ secret, dump }: Examined): Pick<SecretStatus, 'refreshed' | 'next'> {
  const [first] = secret.external;
  const live = first && dump.find(externalSecret, first.namespace, ownName(first.object));
  if (live === undefined) return {};
  const ago = dump.secondsSince(refreshTime(live));
  const every = refreshSeconds(live);
  if (ago === undefined) return {};
  const refreshed = ageText(ago);
  if (every === undefined) return { refreshed, next: 'never' };
  const left = every - ago;
  return { refreshed, next: left >= 0 ? `in ${ageText(left)}` : `overdue ${ageText(-left)}` };
}
