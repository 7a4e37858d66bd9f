import type { ObjectName, Path } from '../../ground/finding.ts';
import { inNamespace } from '../../ground/namespace-words.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { type Condition, conditionOf } from '../../kinds/condition.ts';
import { coreSecret } from '../../kinds/core/secret.ts';
import { calledOf, type Kind, type PlacedObject } from '../../kinds/kind.ts';
import type { Commands } from './commands.ts';
import type { Dump } from './dump.ts';
import type { Evidence, NotKnown, Verdict } from './verdict.ts';

/** What a condition says. */
export function conditionEvidence(
  { type, status, reason, message, since }: Condition,
  dump: Dump,
): Evidence {
  const said = [`${type}=${status}`, reason].filter(text => text !== '').join(' ');
  const text = message === '' ? said : `${said}: ${message}`;
  return { kind: 'condition', text, age: dump.ageOf(since) };
}

/** The newest event of an object of which this holds. */
export function eventEvidence(
  of: ObjectName,
  dump: Dump,
  isMeant: (event: { readonly reason: string; readonly message: string }) => boolean,
): Evidence[] {
  const found = dump.eventsOf(of).find(isMeant);
  if (found === undefined) return [];
  const { reason, message, time } = found;
  return [{ kind: 'event', text: `${reason}: ${message}`, age: dump.ageOf(time) }];
}

/** An object that has to be there: broken only where all of its kind are in the dump. */
export function absence(
  kind: Kind,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  at: { readonly object: PlacedObject; readonly path: Path; readonly command?: string | undefined },
  dump: Dump,
  commands: Commands,
): Verdict {
  if (!dump.hasAll(kind, namespace)) return notDumped(kind, namespace, dump, commands);
  const called = `${kind.called ?? kind.kind} "${name}"`;
  if (isUnresolved(name) || (at.object.written !== undefined && kind !== coreSecret))
    return { state: 'unknown', because: `another tool decides what ${called} is called` };
  return {
    state: 'broken',
    message: `there is no ${called}${inNamespace(namespace)}`,
    evidence: [
      { kind: 'absence', text: `${dump.teller} lists every ${kind.kind}${inNamespace(namespace)}` },
    ],
    ...at,
  };
}

/** The same of an object of the manifests, as it is called in the cluster. */
export function absentObject(
  kind: Kind,
  object: PlacedObject,
  { dump, commands }: { readonly dump: Dump; readonly commands: Commands },
  called: { readonly namespace: string; readonly name: string } = object,
): Verdict {
  const at = { object, path: ['metadata', 'name'], command: commands.apply(object) };
  return absence(kind, called, at, dump, commands);
}

/** The command that shows an object with all that is said of it. */
export function describeCommand(
  { group, kind, namespace, name }: PlacedObject,
  { kubectl }: Commands,
): string | undefined {
  const called = `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}`;
  return kubectl('describe', called, name, ...(namespace === '' ? [] : ['-n', namespace]));
}

/** That the objects of a kind were not shown, with the command that shows them or why they are not. */
export function notDumped(
  kind: Kind,
  namespace: string,
  dump: Dump,
  { kubectl }: Commands,
): NotKnown {
  const called =
    kind.group === '' ? kind.kind.toLowerCase() : `${kind.kind.toLowerCase()}.${kind.group}`;
  const where = namespace === '' ? [] : ['-n', namespace];
  const refused = dump.whyNot(kind, namespace);
  if (refused !== undefined)
    return {
      state: 'unknown',
      because: `no ${kind.kind}${inNamespace(namespace)} was shown: ${refused.why}`,
      ...(!refused.isDenied && { isPending: true }),
      command: kubectl('auth', 'can-i', 'list', called, ...where),
    };
  return {
    state: 'unknown',
    because: `${dump.teller} lists no ${kind.kind}${inNamespace(namespace)}`,
    command: kind === coreSecret ? undefined : kubectl('get', called, ...where, '-o', 'json'),
  };
}

/** A minute after it was made, an object that no controller has looked at is not only new. */
const NEW_SECONDS = 60;

/** Whether an object says that it is ready; without a condition no controller has looked at it. */
export function readiness(
  object: PlacedObject,
  dump: Dump,
): { readonly isReady: boolean | 'new'; readonly condition?: Condition } {
  const condition = conditionOf(object, 'Ready');
  if (condition !== undefined) return { isReady: condition.status === 'True', condition };
  const created = createdAt(object);
  const seconds = dump.secondsSince(created);
  return { isReady: seconds !== undefined && seconds > NEW_SECONDS ? false : 'new' };
}

/** When an object was made. */
export function createdAt({ json }: PlacedObject): string | undefined {
  const metadata: unknown = json.metadata;
  return typeof metadata === 'object' && metadata !== null && 'creationTimestamp' in metadata
    ? String(metadata.creationTimestamp)
    : undefined;
}

/** `ClusterSecretStore "aws"`. */
export function calledObject(object: PlacedObject): string {
  return `${calledOf(object)} "${object.name}"`;
}
