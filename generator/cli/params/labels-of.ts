import { listAt } from '../../ground/json.ts';
import type { RemoteEntry } from '../../operate/params/entry.ts';
import { askedName } from '../../operate/params/looked-up.ts';
import { isNumber, wantedVersions } from '../../operate/params/version-faults.ts';
import { AwsRefusal } from '../aws/aws-refusal.ts';
import type { CallAws } from '../aws/client.ts';
import type { AwsPlace } from '../aws/services.ts';

/**
 * Whether parameters have the labels that they are asked for, by name. Only a read tells: what else
 * describes a parameter has no labels. What may not be read is not known.
 */
export async function labelsOf(
  entries: readonly RemoteEntry[],
  place: AwsPlace,
  call: CallAws,
): Promise<Map<string, Map<string, boolean>>> {
  const found = new Map<string, Map<string, boolean>>();
  for (const { name, label } of labelsIn(entries)) {
    const own = found.get(name) ?? new Map<string, boolean>();
    const hasLabel = own.has(label) ? undefined : await isLabelled(`${name}:${label}`, place, call);
    if (hasLabel !== undefined) found.set(name, own.set(label, hasLabel));
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

async function isLabelled(
  selected: string,
  place: AwsPlace,
  call: CallAws,
): Promise<boolean | undefined> {
  try {
    const answer = await call(place, 'GetParameters', { Names: [selected], WithDecryption: false });
    return !listAt(answer, 'InvalidParameters').includes(selected);
  } catch (error) {
    if (error instanceof AwsRefusal && (error.isDenied || error.isThrottled)) return undefined;
    throw error;
  }
}
