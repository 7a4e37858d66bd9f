import { pushSecret } from '../../../kinds/eso/push-secret.ts';
import { type Item, objectName } from '../../../kinds/kind.ts';
import { absence, calledItem, conditionEvidence, eventEvidence, readiness } from '../evidence.ts';
import { type Examined, OK, type Verdict, worstOf } from '../verdict.ts';

/** The event with the cause, where the condition only tells in general (docs/facts/eso.md#conditions-of-a-push). */
const PUSH_FAILED = 'Errored';

/** Whether the PushSecrets brought the Secret to their stores. */
export function pushLink(examined: Examined): Verdict {
  const items = new Set(examined.secret.readers.map(({ item }) => item));
  return worstOf(
    [...items].filter(({ known }) => known === pushSecret).map(item => oneOf(item, examined)),
  );
}

function oneOf(item: Item, { dump, commands }: Examined): Verdict {
  const { namespace, name } = item;
  const at = { item, path: ['metadata', 'name'] };
  const live = dump.find(pushSecret, namespace, name);
  if (live === undefined)
    return absence(
      pushSecret,
      { namespace, name },
      { ...at, command: commands.apply(item) },
      dump,
      commands,
    );
  const { isReady, condition } = readiness(live, dump);
  if (isReady === true) return OK;
  if (condition === undefined)
    return {
      state: 'unknown',
      because: `${calledItem(live)} has no condition yet`,
      isPending: true,
    };
  return {
    state: 'broken',
    message: `${calledItem(live)} is not ready`,
    evidence: [
      conditionEvidence(condition, dump),
      ...eventEvidence(objectName(live), dump, ({ reason }) => reason === PUSH_FAILED),
    ],
    ...at,
    command: commands.kubectl('describe', 'pushsecret', name, '-n', namespace),
  };
}
