import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { folderOf, type Ran, readText, root, runMain, yamlIn } from '../../machine.ts';

const folder = join(root, 'test/operate/doctor');

/** What says what all is applied. */
export const manifests: string = readText(folder, 'in.yaml');

/** An object of a dump, to be broken. */
// biome-ignore lint/suspicious/noExplicitAny: a test writes into it what a cluster would say.
export type Dumped = any;

/** What is done to a cluster: methods of it, each with its arguments. */
export type Steps = readonly { readonly [method in Method]?: readonly Dumped[] }[];

type Method =
  | ('add' | 'also' | 'copy' | 'do' | 'fail' | 'lose' | 'manage' | 'remove' | 'set' | 'tell')
  | ('apply' | 'edit' | 'unsynced' | 'wait');

const { parts, cases } = yamlIn<Record<'parts' | 'cases', Readonly<Record<string, Steps>>>>(
  folder,
  'broken.yaml',
);

/** What may be broken in a cluster in which all was well. */
export const brokenClusters: readonly string[] = Object.keys(cases);

/** The objects of a cluster in which all is well, by the files of its dump. One is named by kind and name. */
export class Cluster {
  readonly files: Map<string, Dumped> = new Map(
    readdirSync(join(folder, 'healthy')).map(name => [
      name,
      JSON.parse(readText(folder, 'healthy', name)),
    ]),
  );

  /** Takes these steps, in their order, or those of a part of a case. */
  do(steps: Steps | string): this {
    const all = typeof steps === 'string' ? parts[steps] : steps;
    if (all === undefined) throw new Error(`there is no part ${steps}`);
    for (const [method, args] of all.flatMap(step => Object.entries(step)))
      Reflect.apply(this[method as Method], this, structuredClone(args));
    return this;
  }

  get(kind: string, name: string): Dumped {
    const all = [...this.files.values()].flatMap(({ items }) => items);
    const found = all.find(one => one.kind === kind && one.metadata.name === name);
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
    return found;
  }

  private of(object: Dumped): Dumped {
    if (typeof object !== 'string') return object;
    const [kind = '', name = ''] = object.split(' ');
    return this.files.get(object) ?? this.get(kind, name);
  }

  /** Takes an object away; the last of its kind leaves a list that does not tell its kind. */
  remove(kind: string, name: string): void {
    for (const list of this.files.values())
      list.items = list.items.filter(
        (one: Dumped) => one.kind !== kind || one.metadata.name !== name,
      );
  }

  /** Takes a file of the dump away. */
  lose(file: string): void {
    this.files.delete(file);
  }

  add(file: string, object: Dumped): void {
    this.files.get(file).items.push(object);
  }

  /** Adds an object again, under another name. */
  copy(object: Dumped, name: string): void {
    const found = this.of(object);
    const made = structuredClone(found);
    made.metadata.name = name;
    for (const { items } of this.files.values()) if (items.includes(found)) items.push(made);
  }

  /** Sets a field, which the words on the way to it name; null takes it away. */
  set(object: Dumped, path: string, value: Dumped): void {
    const steps = path.split(' ');
    const last = steps.pop() ?? '';
    const holder = steps.reduce((at, step) => at[step], this.of(object));
    holder[last] = value ?? undefined;
  }

  /** Has somebody manage these keys of a Secret, and no other. */
  manage(secret: Dumped, keys: readonly string[]): void {
    const [fields] = this.of(secret).metadata.managedFields;
    fields.fieldsV1['f:data'] = Object.fromEntries(keys.map(key => [`f:${key}`, {}]));
  }

  /** What is applied. */
  private text = manifests;

  /** Has these manifests in place of those of all. */
  apply(text: string): void {
    this.text = text;
  }

  /** Has one text in the manifests replaced. */
  edit(text: string, by: string): void {
    this.text = this.text.replace(text, by);
  }

  /** Has manifests of a file, too, with one text in them replaced. */
  also(name: string, text = '', by = ''): void {
    this.text += readText(folder, 'more', `${name}.yaml`).replace(text, by);
  }

  /** Says that an object is not ready, and in an event why. */
  fail(
    object: Dumped,
    reason: string,
    message: string,
    event?: [reason: string, text: string, time?: string],
  ): void {
    const lastTransitionTime = '2026-11-20T11:00:00Z';
    this.of(object).status.conditions = [
      { type: 'Ready', status: 'False', reason, message, lastTransitionTime },
    ];
    if (event !== undefined) this.tell(object, ...event);
  }

  /** Says that an ExternalSecret could not fetch, and in an event why. */
  unsynced(name: string, text: string, time?: string): void {
    const told = 'could not get secret data from provider';
    const secret = this.get('ExternalSecret', name);
    this.fail(secret, 'SecretSyncedError', told);
    this.tell(secret, 'UpdateFailed', text, time);
  }

  tell(
    object: Dumped,
    reason: string,
    message: string,
    lastTimestamp = '2026-11-20T11:58:00Z',
  ): void {
    const { kind, metadata } = this.of(object);
    const { name, namespace } = metadata;
    this.add('events.json', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.2`, namespace: namespace ?? 'default' },
      involvedObject: { kind, name, ...(namespace !== undefined && { namespace }) },
      reason,
      message,
      type: 'Warning',
      lastTimestamp,
    });
  }

  /** Says of a container that it waits. */
  wait(pod: Dumped, reason: string, message?: string): void {
    const { status } = this.of(pod);
    const [{ name }] = status.containerStatuses;
    status.phase = 'Pending';
    status.containerStatuses = [{ name, state: { waiting: { reason, message } } }];
  }

  /** A folder with the manifests and the dump. */
  written(): string {
    return folderOf([
      ['in.yaml', this.text],
      ...[...this.files].map(([name, list]): [string, string] => [
        `dump/${name}`,
        typeof list === 'string' ? list : JSON.stringify(list),
      ]),
    ]);
  }

  async doctor(format = 'text'): Promise<Ran> {
    return runMain(this.written(), ['--format', format, 'doctor', '--from', 'dump', 'in.yaml']);
  }
}

/** A cluster in which one thing is broken, and what else is done to it; without a name nothing is. */
export function brokenCluster(name?: string, more: Steps = []): Cluster {
  const steps = name === undefined ? [] : cases[name];
  if (steps === undefined) throw new Error(`there is no case ${name}`);
  return new Cluster().do(steps).do(more);
}

/** Expects what doctor says, and with which exit code. */
export async function expectSaid(
  ran: Promise<Ran>,
  words: string | RegExp,
  status: number,
): Promise<void> {
  const { status: code, stdout } = await ran;
  expect(stdout).toMatch(words);
  expect(code).toBe(status);
}
