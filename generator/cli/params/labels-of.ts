import { listAt } from '../../ground/json.ts';
import type { RemoteEntry } from '../../operate/params/entry.ts';
import type { EntryFacts } from '../../operate/params/facts.ts';
import { askedName } from '../../operate/params/looked-up.ts';
import { isNumber, wantedVersions } from '../../operate/params/version-faults.ts';
import { AwsRefusal, unlessBroken } from '../aws/aws-refusal.ts';
import type { CallThere } from '../aws/client.ts';

/** What is known of the labels of a parameter. */
type Labelled = Pick<EntryFacts, 'isCut' | 'labels' | 'unread'>;

/**
 * Whether parameters have the labels that they are asked for, by name. Only a read tells: what else
 * describes a parameter has no labels. What may not be read is not known; `busy` is why AWS is asked no
 * more.
 */
export async function labelsOf(
  entries: readonly RemoteEntry[],
  call: CallThere,
  busy?: string,
): Promise<Map<string, Labelled>> {
  const found = new Map<string, Labelled>();
  let unread = busy;
  for (const { name, label } of labelsIn(entries)) {
    const own = found.get(name);
    if (own?.labels?.has(label) === true) continue;
    const hasLabel =
      unread === undefined ? await unlessBroken(isLabelled(`${name}:${label}`, call)) : undefined;
    if (hasLabel instanceof AwsRefusal) unread = hasLabel.message;
    if (unread !== undefined) found.set(name, { ...own, unread, isCut: true });
    else if (typeof hasLabel === 'boolean')
      found.set(name, { labels: new Map([...(own?.labels ?? []), [label, hasLabel]]) });
  }
  return found;
}

function labelsIn(
  entries: readonly RemoteEntry[],
): { readonly name: string; readonly label: string }[] {
  return entries.flatMap(entry =>
    wantedVersions(entry)
      .filter(({ version }) => !isNumber(version))
      .map(({ version }) => ({ name: askedName(entry), label: version })),
  );
}

async function isLabelled(selected: string, call: CallThere): Promise<boolean | undefined> {
  try {
    const answer = await call('GetParameters', { Names: [selected], WithDecryption: false });
    return !listAt(answer, 'InvalidParameters').includes(selected);
  } catch (error) {
    if (error instanceof AwsRefusal && error.isDenied) return undefined;
    throw error;
  }
}
