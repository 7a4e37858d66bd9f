import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../machine.ts';

/** A Secret as it was found: never its values. */
export interface ObservedSecret {
  readonly type: string;
  readonly keys: readonly string[];
  readonly immutable?: true;
}

/** A Service of a CNPG cluster. */
interface ObservedService {
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
}

/** What a set has become in the cluster, by `namespace/name`. */
export interface Observed {
  readonly secrets: Readonly<Record<string, ObservedSecret>>;
  readonly services: Readonly<Record<string, ObservedService>>;
}

export const observedFolder: string = join(root, 'test/e2e/observed');

/** Writes an observation; the same one gives the same bytes. */
export function record(name: string, observed: unknown): void {
  mkdirSync(observedFolder, { recursive: true });
  const text = JSON.stringify(observed, sorted, 2);
  writeFileSync(join(observedFolder, `${name}.json`), `${text}\n`);
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What was written down last. */
export function recorded<T>(name: string): T {
  return JSON.parse(readFileSync(join(observedFolder, `${name}.json`), 'utf8')) as T;
}
