import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Case, Command, Inputs } from './case.ts';

/** How a program has ended; no status: it did not in time. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What commands have done: how each ended, and the files that they wrote or, as null, took away. */
export interface Outcome {
  readonly runs: readonly Ran[];
  readonly files: Readonly<Record<string, string | null>>;
}

/** In milliseconds. */
const LONGEST = 180_000;

/** A folder with the inputs of a case, which is made anew when a command has changed something. */
export class Folder {
  readonly #path: string;
  readonly #inputs: Case;
  readonly #cache: string;
  #made: ReadonlyMap<string, string> | undefined;

  /** `cache` is the user's cache for the programs. */
  constructor(path: string, inputs: Case, cache: string) {
    this.#path = path;
    this.#inputs = inputs;
    this.#cache = cache;
  }

  /** Runs commands one after the other with the programs of a checkout. */
  async outcome(checkout: string, commands: readonly Command[]): Promise<Outcome> {
    const before = this.#made ?? this.#make();
    const runs: Ran[] = [];
    for (const command of commands) runs.push(await this.#run(checkout, command));
    const files = this.#changed(before);
    this.#made = Object.keys(files).length === 0 ? before : undefined;
    return { runs, files };
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }

  #make(): ReadonlyMap<string, string> {
    const { inputs, committed } = this.#inputs;
    this.remove();
    mkdirSync(this.#path, { recursive: true });
    if (committed !== undefined) {
      this.#fill(committed);
      commit(this.#path);
      for (const name of Object.keys(committed))
        rmSync(join(this.#path, name), { recursive: true });
    }
    this.#fill(inputs);
    return stampsIn(this.#path);
  }

  #fill(inputs: Inputs): void {
    for (const [name, input] of Object.entries(inputs)) {
      const place = join(this.#path, name);
      mkdirSync(dirname(place), { recursive: true });
      if ('text' in input) writeFileSync(place, input.text);
      else cpSync(input.from, place, { recursive: true, verbatimSymlinks: true });
    }
  }

  #run(checkout: string, { args, input = '', isFunction = false }: Command): Promise<Ran> {
    const programs = join(checkout, 'generator');
    const program = join(programs, isFunction ? 'rem-secrets-fn' : 'rem-secrets');
    const env = {
      PATH: `${programs}:${process.env['PATH']}`,
      HOME: dirname(this.#path),
      XDG_CACHE_HOME: this.#cache,
    };
    const child = spawn(program, args, { cwd: this.#path, env, timeout: LONGEST });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', chunk => out.push(chunk));
    child.stderr.on('data', chunk => err.push(chunk));
    child.stdin.on('error', () => undefined); // It ended before it had read all.
    child.stdin.end(input);
    const said = (chunks: readonly Buffer[]): string => this.#neutral(checkout, chunks);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', status => resolve({ status, stdout: said(out), stderr: said(err) }));
    });
  }

  /**
   * Without what rightly differs. The place of the scratch folder is another in each run of this tool,
   * and the programs lie in two checkouts; both may stand in a message.
   */
  #neutral(checkout: string, chunks: readonly Buffer[]): string {
    const text = Buffer.concat(chunks).toString('utf8');
    return text.replaceAll(this.#path, '<folder>').replaceAll(checkout, '<checkout>');
  }

  #changed(before: ReadonlyMap<string, string>): Record<string, string | null> {
    const after = stampsIn(this.#path);
    const names = [...new Set([...before.keys(), ...after.keys()])].sort();
    const changed = names.filter(name => before.get(name) !== after.get(name));
    return Object.fromEntries(
      changed.map(name => {
        const file = join(this.#path, name);
        return [name, existsSync(file) ? readFileSync(file, 'latin1') : null];
      }),
    );
  }
}

/** Every file below a folder, with what changes when it is written. */
function stampsIn(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(one => join(one.parentPath, one.name));
  return new Map(
    files
      .map(file => file.slice(folder.length + 1))
      .filter(name => !name.startsWith('.git/')) // What git notes for itself is no output.
      .map(name => {
        const { mtimeMs, size, ino, mode } = statSync(join(folder, name));
        return [name, `${mtimeMs} ${size} ${ino} ${mode}`];
      }),
  );
}

/** Makes a repository of a folder; its commit has the same name each time. */
function commit(folder: string): void {
  const who = { NAME: 'same', EMAIL: 'same@example.com', DATE: '2026-01-01T00:00:00Z' };
  const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], HOME: folder };
  for (const [name, value] of Object.entries(who))
    for (const role of ['AUTHOR', 'COMMITTER']) env[`GIT_${role}_${name}`] = value;
  for (const args of ['init -q -b main', 'add -A -f', 'commit -q --allow-empty -m base'])
    execFileSync('git', args.split(' '), { cwd: folder, env });
}

/** A hash of all below some files and folders, but for what runs of a program leave there. */
export function hashOf(paths: readonly string[], more = ''): string {
  const hash = createHash('sha256').update(more);
  for (const path of paths)
    for (const file of filesBelow(path)) {
      const bytes = readFileSync(file);
      hash.update(`\0${file.slice(path.length)}\0${bytes.length}\0`).update(bytes);
    }
  return hash.digest('hex').slice(0, 32);
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter(file => !file.includes('/dist/compiled/'))
    .sort();
}
