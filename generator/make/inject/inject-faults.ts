import { type Fault, fieldOf } from '../../ground/finding.ts';
import { numbersIn } from '../../ground/json-walk.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { RECORD } from './record.ts';

/** The object is written anew, and a number that is no double would become another. */
export function inexactNumbers(
  { kind, name, json }: PlacedObject,
  entry: string | undefined,
): Fault[] {
  return numbersIn(json, [])
    .filter(({ number }) => !Number.isFinite(number) || isTooLong(number))
    .map(({ path }) => ({
      id: 'inexact-number',
      message: `${kind} ${name} has a number at ${fieldOf(path)} that cannot be passed on as it is`,
      hint: 'Put it in quotes where its reader takes a text, or leave this workload out.',
      path: entry === undefined ? ['spec'] : ['spec', 'workloads', entry, 'target'],
    }));
}

function isTooLong(number: number): boolean {
  return Number.isInteger(number) && !Number.isSafeInteger(number);
}

/** A record that is not as we write it: what is ours cannot be told. */
export function illegalRecord(object: PlacedObject): Fault {
  return {
    id: 'illegal-record',
    message: `the annotation ${RECORD} of ${object.kind} ${object.name} cannot be read`,
    hint: 'Put back what rem-secrets has written there, or take it away together with what was injected.',
    path: ['spec'],
  };
}

/** An entry mounts something where no volumes can be. */
export function noVolumes({ kind }: PlacedObject, entry: string): Fault {
  return {
    id: 'unknown-shape',
    message: `where a ${kind} has its volumes is not known`,
    hint: 'Say it under spec.shapes, as `volumes`.',
    path: ['spec', 'workloads', entry, 'mounts'],
  };
}

/** An entry of which nothing is ours in any workload. */
export function alreadyThere(entry: string): Fault {
  return {
    id: 'idle-injection',
    message: `"${entry}" does nothing: all that it injects is there without it`,
    hint: 'Remove the entry.',
    path: ['spec', 'workloads', entry],
    isAboutName: true,
  };
}

/** No entry is left, and nothing is recorded. */
export function nothingToTakeBack(name: string): Fault {
  return {
    id: 'idle-injection',
    message: `this does nothing: it has no workloads, and none here has anything of "${name}"`,
    hint: 'Give it workloads, or remove it.',
    path: ['spec'],
  };
}
