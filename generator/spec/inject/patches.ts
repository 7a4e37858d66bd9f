import { type Fault, missing, type Path, type Report } from '../../core/finding.ts';
import { isMap, isSame, type Json, type JsonObject, scalarText } from '../../core/json.ts';
import { groupOf, type KubeObject, nameOf } from '../../core/kube-object.ts';
import { checkSources } from '../model/workloads.ts';
import type { InjectedEnv, Injection, InjectionEntry } from '../spec.ts';

/** What of the entries has no source, or several; entries that ask for nothing, or mean every workload. */
export function entryFaults({ spec: { workloads = {} } }: Injection): Fault[] {
  const faults: Fault[] = [];
  const report: Report = fault => {
    faults.push(fault);
  };
  for (const [name, entry] of Object.entries(workloads)) {
    const path = ['spec', 'workloads', name];
    checkEntry(name, entry, path, report);
    checkValues(entry, path, report);
  }
  return faults;
}

/** Reports an entry that asks for nothing, means every workload, or takes a volume from two places. */
export function checkEntry(name: string, entry: InjectionEntry, path: Path, report: Report): void {
  const { target, env = {}, envFrom = [], mounts = {} } = entry;
  const count = Object.keys(env).length + envFrom.length + Object.keys(mounts).length;
  if (count === 0) report(emptyEntry(name, path));
  if (Object.keys(target).every(field => field === 'containers')) report(emptyTarget(name, path));
  for (const [folder, { secret, configMap, volume }] of Object.entries(mounts))
    if (volume !== undefined)
      checkSources({ secret, configMap, volume }, [...path, 'mounts', folder], report);
}

function checkValues(
  { env = {}, envFrom = [], mounts = {} }: InjectionEntry,
  path: Path,
  report: Report,
): void {
  for (const [variable, value] of Object.entries(env))
    if (typeof value !== 'string') checkVariable(value, [...path, 'env', variable], report);
  for (const [index, source] of envFrom.entries()) {
    if (typeof source === 'string') continue;
    const { secret, configMap } = source;
    checkSources({ secret, configMap }, [...path, 'envFrom', index], report);
  }
  for (const [folder, { secret, configMap, volume }] of Object.entries(mounts))
    if (volume === undefined)
      checkSources({ secret, configMap, volume }, [...path, 'mounts', folder], report);
}

function checkVariable(value: InjectedEnv, path: Path, report: Report): void {
  const { secret, configMap, valueFrom = {}, key } = value;
  const isGiven = Object.keys(valueFrom).length > 0;
  checkSources({ secret, configMap, valueFrom: isGiven ? valueFrom : undefined }, path, report);
  const isReference = secret !== undefined || configMap !== undefined;
  if (isReference && key === undefined) report(missing('key', path, 'key: password'));
}

function emptyTarget(name: string, path: Path): Fault {
  return {
    id: 'empty-target',
    message: `the target of "${name}" says nothing, so that every workload would be meant`,
    hint: 'Give it kind, name, namespace or labels; name: "*" means every workload.',
    path: [...path, 'target'],
    isAboutName: true,
  };
}

function emptyEntry(name: string, path: Path): Fault {
  return {
    id: 'empty-injection',
    message: `"${name}" injects nothing`,
    hint: 'Give it env, envFrom or mounts, or remove the entry.',
    path,
    isAboutName: true,
  };
}

/** An operation of a JSON patch (RFC 6902). */
interface Operation {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: Json;
}

/**
 * The JSON patch that makes one object of another. Only it keeps all lists in their order: a
 * strategic-merge patch moves what it names to the front, puts an envFrom in the place of another, and
 * replaces the lists of custom resources (docs/facts/kustomize.md#patches). In front of each change the patch
 * tests that what it counts on is there, so that it fails on another version of a chart, and never hits
 * something else.
 */
export function patchOf(before: KubeObject, after: KubeObject): Operation[] {
  return changes(before as unknown as Json, after as unknown as Json, '');
}

function changes(before: Json, after: Json, path: string): Operation[] {
  if (isSame(before, after)) return [];
  if (isMap(before) && isMap(after)) return mapChanges(before, after, path);
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  return [
    { op: 'test', path, value: before },
    { op: 'replace', path, value: after },
  ];
}

function mapChanges(before: JsonObject, after: JsonObject, path: string): Operation[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name): Operation[] => {
    const at = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const [old, now] = [before[name], after[name]];
    if (now === undefined) return [{ op: 'remove', path: at }];
    if (old !== undefined) return changes(old, now, at);
    // kustomize takes what is not there for null.
    return [
      { op: 'test', path: at, value: null },
      { op: 'add', path: at, value: now },
    ];
  });
}

/**
 * Entries that are new, changed or gone: all others are in the same order on both sides. Indexes are those
 * of the list as the operations before have left it.
 */
function listChanges(before: readonly Json[], after: readonly Json[], path: string): Operation[] {
  const left = [...before];
  const goneUpTo = (index: number): Operation[] => {
    const keys = after.slice(index).map(keyOf);
    const count = left.findIndex(entry => keys.includes(keyOf(entry)));
    const gone = left.splice(0, count < 0 ? left.length : count);
    return gone.flatMap(entry => [
      guard(entry, `${path}/${index}`),
      { op: 'remove', path: `${path}/${index}` },
    ]);
  };
  const kept = after.flatMap((entry, index): Operation[] => {
    const at = `${path}/${index}`;
    const removed = goneUpTo(index);
    const [old] = left;
    if (old === undefined) return [...removed, { op: 'add', path: `${path}/-`, value: entry }];
    if (keyOf(old) !== keyOf(entry))
      return [...removed, guard(old, at), { op: 'add', path: at, value: entry }];
    left.shift();
    return [...removed, ...entryChanges(old, entry, at)];
  });
  return [...kept, ...goneUpTo(after.length)];
}

/** A container is changed inside; any other entry is one choice, such as that of a value or its source. */
function entryChanges(before: Json, after: Json, path: string): Operation[] {
  if (isSame(before, after)) return [];
  const isContainer = isMap(after) && Object.values(after).some(Array.isArray);
  const inside: Operation[] = isContainer
    ? changes(before, after, path)
    : [{ op: 'replace', path, value: after }];
  return [guard(before, path), ...inside];
}

/** What an entry goes by in its list. */
const NAMES = ['mountPath', 'name'];

function nameField(entry: Json): string | undefined {
  return isMap(entry) ? NAMES.find(field => typeof entry[field] === 'string') : undefined;
}

function keyOf(entry: Json): string {
  const field = nameField(entry);
  return JSON.stringify(field === undefined || !isMap(entry) ? entry : [field, entry[field]]);
}

/** Fails where another entry stands at the place. No value of a variable is in it. */
function guard(entry: Json, path: string): Operation {
  const field = nameField(entry);
  return field === undefined || !isMap(entry)
    ? { op: 'test', path, value: entry }
    : { op: 'test', path: `${path}/${field}`, value: entry[field] ?? null };
}

/** The object as the target of a patch; kustomize takes a name for a regular expression, from its beginning to its end. */
export function patchTarget(object: KubeObject): JsonObject {
  const group = groupOf(object);
  const namespace = scalarText(object.metadata.namespace);
  return {
    ...(group !== '' && { group }),
    version: object.apiVersion.split('/').at(-1) ?? '',
    kind: object.kind,
    name: nameOf(object).replaceAll('.', '\\.'),
    ...(namespace !== '' && { namespace }),
  };
}
