import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asObject, asString } from './json.ts';

/** A Go module at one version; `sum` is the hash of its content, as in a go.sum file. */
export interface GoModule {
  readonly path: string;
  readonly version: string;
  readonly sum: string;
  readonly licence: string;
}

/** Fetches the module, or finds it in the module cache, and returns its folder. */
export function fetchModule(module: GoModule): string {
  const name = `${module.path}@${module.version}`;
  const text = execFileSync('go', ['mod', 'download', '-json', name], {
    cwd: tmpdir(), // Inside a module, its go.mod would decide which version is right.
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=mod' },
    encoding: 'utf8',
  });
  const answer: unknown = JSON.parse(text);
  const { Sum: sum, Dir: folder } = asObject(answer, name);
  if (sum !== module.sum) throw new Error(`${name} is not the pinned one: its sum is ${sum}`);
  return asString(folder, `${name} Dir`);
}

/** The text of one file of a fetched module. */
export function readSource(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

/** What a schema made from `path` says of where it comes from. */
export function provenance({ path, version, licence }: GoModule, file: string): string {
  return `Derived from ${path} ${version}, ${file} (${licence}); structure only`;
}
