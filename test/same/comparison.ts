import type { Command } from './case.ts';
import type { Outcome, Ran } from './side.ts';

/** How many differences are shown. */
const SHOWN = 20;

/** Of a line, so that its difference can be seen. */
const WIDTH = 200;

/** What has been compared, and how much of it differs. */
export class Comparison {
  differences = 0;
  #runs = 0;
  readonly #crashes: string[] = [];
  readonly #statuses: Map<number | null, number> = new Map();

  /** Compares what commands have done with the old programs and with the new. */
  add(name: string, commands: readonly Command[], old: Outcome, now: Outcome): void {
    for (const [index, command] of commands.entries()) {
      const [was, is] = [old.runs[index], now.runs[index]];
      if (was === undefined || is === undefined) throw new Error(`${name} was not run`);
      this.#addRun(`${name}: ${shown(command)}`, was, is);
    }
    const last = `${name}: ${commands.map(shown).join('; ')}`;
    for (const path of new Set([...Object.keys(old.files), ...Object.keys(now.files)]))
      this.#differ(last, `file ${path}`, fileOf(old, path), fileOf(now, path));
  }

  /** The last lines of a run. */
  total(): string[] {
    const ends = [...this.#statuses].sort().map(([status, count]) => `${count} × ${status}`);
    return [
      ...this.#crashes.map(crash => `crashes alike: ${crash}`),
      `exit codes: ${ends.join(', ')}; ${this.#crashes.length} crash or do not end, alike`,
      `same: ${this.#runs} runs, ${this.differences} differences`,
    ];
  }

  #addRun(run: string, was: Ran, is: Ran): void {
    this.#runs += 1;
    this.#statuses.set(is.status, (this.#statuses.get(is.status) ?? 0) + 1);
    if (was.status === is.status && (is.status === 3 || is.status === null))
      this.#crashes.push(run);
    this.#differ(run, 'stdout', was.stdout, is.stdout);
    this.#differ(run, 'stderr', was.stderr, is.stderr);
    this.#differ(run, 'exit', `${was.status}`, `${is.status}`);
  }

  /** Counts a difference, and shows the first lines that differ. */
  #differ(run: string, part: string, was: string, is: string): void {
    if (was === is) return;
    this.differences += 1;
    if (this.differences > SHOWN) return;
    const [old, now] = [was.split('\n'), is.split('\n')];
    const line = firstDifference(old, now);
    const [oldLine, newLine] = [old[line] ?? '(its end)', now[line] ?? '(its end)'];
    const from = Math.max(0, firstDifference([...oldLine], [...newLine]) - WIDTH / 2);
    console.log(`${run}: ${part}${part === 'exit' ? '' : `, line ${line + 1}`}`);
    console.log(`  old: ${oldLine.slice(from, from + WIDTH)}`);
    console.log(`  new: ${newLine.slice(from, from + WIDTH)}`);
  }
}

function fileOf({ files }: Outcome, path: string): string {
  const text = files[path];
  return typeof text === 'string' ? text : text === null ? '(taken away)' : '(not written)';
}

function firstDifference(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((one, at) => one !== b[at]);
  return index < 0 ? a.length : index;
}

function shown({ args, isFunction = false }: Command): string {
  return isFunction ? 'rem-secrets-fn' : `rem-secrets ${args.join(' ')}`.trim();
}
