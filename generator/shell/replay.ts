import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import type { Host, Run } from '../core/host.ts';
import { attempt, sortBy } from '../core/json.ts';
import { oncePerText } from '../core/once.ts';
import { gitAgain } from '../world/git.ts';
import { isBelow, rootOf } from '../world/inside.ts';
import { isOfInput, kustomizeForm, toolPath } from '../world/programs.ts';
import type { CommonOptions } from './command.ts';
import type { AllowedFlags } from './flags.ts';
import { withKept } from './kept.ts';

/** Questions about a place of the machine, which are answered with data. */
const PLACES = [
  'entriesIn',
  'exists',
  'isFolder',
  'kindOf',
  'linkText',
  'listFiles',
  'readFile',
  'realPath',
  'sizeOf',
] as const;

const SETTINGS = ['env', 'hasColors', 'runNow'] as const;
const QUESTIONS: readonly string[] = [...PLACES, ...SETTINGS];

/** What does more than ask, or may be answered in another way the next time. */
const UNREPEATABLE = ['ask', 'now', 'readStdin', 'serve', 'wait'] as const;

const STREAMS = ['stdout', 'stderr', 'stderrReport'] as const;

type Stream = (typeof STREAMS)[number];
type Name = (typeof PLACES)[number] | (typeof SETTINGS)[number];
type Question = readonly [name: Name, cwd: string, words: readonly unknown[]];
type Ask = (...words: readonly unknown[]) => unknown;

interface Outcome {
  /** What a run printed, in turn. */
  readonly printed: readonly (readonly [stream: Stream, text: string])[];
  readonly code: number;
}

/** In questions: a run with fewer takes no longer than to look for what it printed. */
const FEW = 25;

type ReplayedOptions = AllowedFlags &
  CommonOptions & {
    /** Where the run writes files. */
    readonly writes: string | undefined;
    /** What is looked at, as the command line names it. */
    readonly places: readonly string[];
  };

/**
 * Runs what only looks at the machine, with what earlier runs kept. Where all questions of the last run with these options
 * are answered as they were then, what it printed is printed again. No answer is kept: together they are the key, as in
 * kept.ts.
 */
export async function replayed(
  { writes, places, ...options }: ReplayedOptions,
  machine: Host,
  run: (host: Host) => Promise<number>,
): Promise<number> {
  const { build } = machine;
  const isSmall = places.length > 0 && places.every(place => isLooseFile(place, machine));
  if (build === undefined || options.cache === false || writes !== undefined || isSmall)
    return run(withKept(machine, options));
  const before = new Map<string, unknown>();
  const log = logOf(before);
  const host = withKept(log.of(machine), options);
  const helm = options.helm === true ? toolPath('helm', machine) : undefined;
  const parts = [
    JSON.stringify([build, options, machine.cwd, machine.env('PATH')]),
    kustomizeForm(machine),
    helm === undefined ? '' : { program: helm },
  ];
  const questions = host.kept(parts);
  const list = questions?.text;
  const outcome = list && host.kept([...parts, list, digestsNow(list, machine, before)])?.text;
  if (outcome) return printAgain(JSON.parse(outcome), machine);
  const code = await run(host);
  const { answered, printed, isRepeatable } = log.end();
  if (isRepeatable && answered.length >= FEW) {
    const text = answered.map(([question]) => question).join('\n');
    questions?.keep(text);
    const digests = answered.map(([, digest]) => digest).join('\n');
    host.kept([...parts, text, digests])?.keep(JSON.stringify({ printed, code } satisfies Outcome));
  }
  return code;
}

/** Whether it is stdin, or a file in no repository: to look at these takes no longer than to load node:crypto. */
function isLooseFile(place: string, host: Host): boolean {
  const file = place.replace(/^path:/, '');
  if (host.kindOf(file) !== 'file') return place === '-';
  return !host.exists(join(rootOf(file, host) ?? '', '.git'));
}

function printAgain({ printed, code }: Outcome, machine: Host): number {
  for (const [stream, text] of printed) if (STREAMS.includes(stream)) machine[stream](text);
  return code;
}

/** What the machine answers now to a list of questions. The answers go to a map, so that the run need not ask again. */
function digestsNow(list: string, machine: Host, answers: Map<string, unknown>): string {
  const machineAt = oncePerText(cwd => (cwd === machine.cwd ? machine : machine.below(cwd)));
  const digests = list.split('\n').map(question => {
    const [name, cwd, words]: Question = JSON.parse(question);
    attempt(() => answers.set(question, answerTo(name, words, machineAt(cwd))));
    return digestOf(answers.get(question));
  });
  return digests.join('\n');
}

/** What was kept may be forged: only questions are asked. */
function answerTo(name: Name, words: readonly unknown[], host: Host): unknown {
  if (name === 'runNow') {
    const [, args, options] = words as Parameters<Host['runNow']>;
    return gitAgain(args, options ?? {}, host);
  }
  if (!QUESTIONS.includes(name)) throw new Error('it is no question');
  return (host[name] as Ask)(...words);
}

function digestOf(answer: unknown): string {
  const content = answer instanceof Uint8Array ? answer : (JSON.stringify(answer) ?? '');
  if (typeof content === 'string' && content.length < SHORT) return content;
  return createHash('sha256').update(content).digest('base64');
}

/** In characters: a shorter answer is its own digest. */
const SHORT = 100;

/** Lists what machines are asked, and what they print; nothing about folders that we make, whose names are never the same. */
function logOf(before: Map<string, unknown>) {
  const digests = new Map<string, string>();
  const printed: (readonly [stream: Stream, text: string])[] = [];
  /** How often something was asked that may be answered in another way the next time. */
  let doubts = 0;
  const of = <T extends Host>(host: T, made?: string): T => {
    const answer = (name: Name, words: readonly unknown[]) => (host[name] as Ask)(...words);
    const listed = (name: Name, words: readonly unknown[]): unknown => {
      const question = JSON.stringify([name, host.cwd, words]);
      doubts += 1; // It may throw.
      const found = before.has(question) ? before.get(question) : answer(name, words);
      const digest = digestOf(found);
      if ((digests.get(question) ?? digest) === digest) doubts -= 1;
      before.delete(question);
      digests.set(question, digest);
      return found;
    };
    const isMade = (path: unknown): boolean =>
      made !== undefined && isBelow(made, resolve(host.cwd, String(path)));
    const logged = {
      ...each(PLACES, name => (path: unknown) => (isMade(path) ? answer : listed)(name, [path])),
      ...each(
        SETTINGS,
        (name): Ask =>
          (...words) =>
            listed(name, words),
      ),
      ...each(STREAMS, stream => (text: string) => {
        printed.push([stream, text]);
        host[stream](text);
      }),
      ...each(
        UNREPEATABLE,
        (name): Ask =>
          (...words) => {
            doubts += 1;
            return (host[name] as Ask)(...words);
          },
      ),
      run: async (...words: Parameters<Host['run']>): Promise<Run> => {
        const run = await host.run(...words);
        if (!isOfInput(run) || run.seconds !== undefined) doubts += 1;
        return run;
      },
      below: (folder: string) => of(host.below(folder), made),
      scratchFolder: () => {
        const scratch = host.scratchFolder();
        return of(scratch, dirname(scratch.cwd));
      },
    };
    return { ...host, ...logged };
  };
  const end = () => {
    const answered = sortBy([...digests], ([question]) => question);
    return { answered, printed, isRepeatable: doubts === 0 };
  };
  return { of, end };
}

function each<K extends string, V>(names: readonly K[], valueFor: (name: K) => V): Record<K, V> {
  return Object.fromEntries(names.map(name => [name, valueFor(name)])) as Record<K, V>;
}
