import { pushSecret } from '../../../kinds/eso/push-secret.ts';
import { objectName, type PlacedObject } from '../../../kinds/kind.ts';
import {
  absentObject,
  calledObject,
  conditionEvidence,
  eventEvidence,
  readiness,
} from '../evidence.ts';
import { type Examined, OK, type Verdict, worstOf } from '../verdict.ts';

/** The event with the cause, where the condition only tells in general (docs/facts/eso.md#conditions-of-a-push). */
const PUSH_FAILED = 'Errored';

/** Whether the PushSecrets brought the Secret to their stores. */
export function pushLink(examined: Examined): Verdict {
  const objects = new Set(examined.secret.readers.map(({ object }) => object));
  return worstOf(
    [...objects].filter(({ known }) => known === pushSecret).map(object => oneOf(object, examined)),
  );
}

function oneOf(object: PlacedObject, examined: Examined): Verdict {
  const { dump, commands } = examined;
  const { namespace, name } = object;
  const live = dump.find(pushSecret, namespace, name);
  if (live === undefined) return absentObject(pushSecret, object, examined);
  const { isReady, condition } = readiness(live, dump);
  if (isReady === true) return OK;
  if (condition === undefined)
    return {
      state: 'unknown',
      because: `${calledObject(live)} has no condition yet`,
      isPending: true,
    };
  return {
    state: 'broken',
    message: `${calledObject(live)} is not ready`,
    evidence: [
      conditionEvidence(condition, dump),
      ...eventEvidence(objectName(live), dump, ({ reason }) => reason === PUSH_FAILED),
    ],
    object,
    path: ['metadata', 'name'],
    command: commands.kubectl('describe', 'pushsecret', name, '-n', namespace),
  };
}
