import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { folderOf, type Ran, root, runMain } from '../../machine.ts';

const folder = join(root, 'test/operate/doctor');

/** An object of a dump, to be broken. */
// biome-ignore lint/suspicious/noExplicitAny: a test writes into it what a cluster would say.
export type Dumped = any;

/** The objects of a cluster in which all is well, by the files of its dump. */
export class Cluster {
  readonly files: Map<string, Dumped> = new Map(
    readdirSync(join(folder, 'healthy')).map(name => [
      name,
      JSON.parse(readFileSync(join(folder, 'healthy', name), 'utf8')),
    ]),
  );

  get(kind: string, name: string): Dumped {
    const all = [...this.files.values()].flatMap(({ items }) => items);
    const found = all.find(one => one.kind === kind && one.metadata.name === name);
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
    return found;
  }

  /** Takes an object away; the last of its kind leaves a list that does not tell its kind. */
  remove(kind: string, name: string): void {
    for (const list of this.files.values())
      list.items = list.items.filter(
        (one: Dumped) => one.kind !== kind || one.metadata.name !== name,
      );
  }

  add(file: string, object: Dumped): void {
    this.files.get(file).items.push(object);
  }

  /** Manifests that this case has beside those of all. */
  more = '';

  alsoIn(name: string): void {
    this.more = readFileSync(join(folder, 'more', `${name}.yaml`), 'utf8');
  }

  /** Says that an object is not ready, and in an event why. */
  fail(
    object: Dumped,
    reason: string,
    message: string,
    event?: [reason: string, text: string, time?: string],
  ): void {
    const lastTransitionTime = '2026-11-20T11:00:00Z';
    object.status.conditions = [
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
    { kind, metadata }: Dumped,
    reason: string,
    message: string,
    lastTimestamp = '2026-11-20T11:58:00Z',
  ): void {
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
    const [status] = pod.status.containerStatuses;
    pod.status.phase = 'Pending';
    pod.status.containerStatuses = [{ name: status.name, state: { waiting: { reason, message } } }];
  }

  /** A folder with the manifests and the dump. */
  written(manifests: string = readFileSync(join(folder, 'in.yaml'), 'utf8')): string {
    return folderOf([
      ['in.yaml', `${manifests}${this.more}`],
      ...[...this.files].map(([name, list]): [string, string] => [
        `dump/${name}`,
        typeof list === 'string' ? list : JSON.stringify(list),
      ]),
    ]);
  }

  async doctor(format = 'text', manifests?: string): Promise<Ran> {
    const args = ['--format', format, 'doctor', '--from', 'dump', 'in.yaml'];
    return runMain(this.written(manifests), args);
  }
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
