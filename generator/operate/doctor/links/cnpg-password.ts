import { hasReloadLabel } from '../../../kinds/cnpg/group.ts';
import { RELOADED, takenPasswords } from '../../../kinds/cnpg/password-status.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import { calledObject, describeCommand } from '../evidence.ts';
import { type Broken, type Examined, OK, type Verdict, worstOf } from '../verdict.ts';

/** In seconds: CNPG sets a password within a moment of the change. */
const SOON = 120;

/**
 * Whether the roles of a Cluster or a DatabaseRole have the password that is in the Secret: by the version
 * that CNPG took it from. Another version may be the same password with other labels.
 */
export function passwordVerdict(
  live: PlacedObject,
  at: Pick<Broken, 'object' | 'path'>,
  examined: Examined,
): Verdict {
  const { secret, dump } = examined;
  const there = dump.secret(secret.namespace, secret.name);
  const taken = takenPasswords(live, secret.name);
  if (there?.version === undefined || taken.length === 0) return undefined;
  const { version, written, labels } = there;
  const isReloaded = hasReloadLabel(labels);
  const isNew = (dump.secondsSince(written) ?? SOON) < SOON;
  return worstOf(
    taken.map(({ role, isSet, ...one }): Verdict => {
      if (one.version === version) return OK;
      const password = `the password of role "${role}"`;
      const not = isSet ? `set ${password}` : `looked at ${password}`;
      if (isReloaded && !isNew) return broken(not, written, live, at, examined);
      const did = isSet ? `set ${password} from` : `last looked for ${password} at`;
      const said = `${calledObject(live)} has ${did} an older version of the Secret`;
      const command = examined.commands.kubectl(
        ...['label', 'secret', secret.name, '-n', secret.namespace, RELOADED],
      );
      return isReloaded
        ? { state: 'unknown', because: said, isPending: true }
        : { state: 'unknown', because: `${said}, which has no label ${RELOADED}`, command };
    }),
  );
}

function broken(
  not: string,
  written: string | undefined,
  live: PlacedObject,
  at: Pick<Broken, 'object' | 'path'>,
  { dump, commands }: Examined,
): Verdict {
  return {
    state: 'broken',
    message: `${calledObject(live)} has not ${not} since the Secret changed`,
    evidence: [
      {
        kind: 'time',
        text: written === undefined ? 'the Secret changed' : `the Secret was written at ${written}`,
        age: dump.ageOf(written),
      },
    ],
    ...at,
    command: describeCommand(live, commands),
  };
}
