import { join } from 'node:path';
import { expect } from 'vitest';
import { casesIn as casesOf, filesOf, patternOf, type Tree, textOf, writtenIn } from '../cases.ts';
import { expectTexts, folderOf, runMain } from '../machine.ts';
import { commit, repositoryOf } from './repository.ts';

/** A change, and what `diff` says of it. */
interface Case {
  readonly base: Tree;
  readonly head: Tree;
  /** More words of the command, and the folder that it runs in. */
  readonly flags?: string;
  readonly below?: string;
  readonly status?: number;
  /** Texts, or patterns between slashes, that are said, and that are not. */
  readonly says?: readonly string[];
  readonly never?: readonly string[];
  /** Every risk, as in `block cluster-removed`, and a part of the JSON report. */
  readonly risks?: readonly string[];
  readonly json?: object;
  /** Texts that other formats say, by the format. */
  readonly formats?: Readonly<Record<string, readonly string[]>>;
  /** Texts that `lint .` says of head. */
  readonly lint?: readonly string[];
}

/** The cases of a file of this folder by their names. */
export const casesIn = (file: string): [what: string, one: Case][] =>
  casesOf<Case>(import.meta.dirname, file, [
    ...(['base', 'head', 'flags', 'below', 'status', 'says', 'never'] as const),
    ...(['risks', 'json', 'formats', 'lint'] as const),
  ]);

/** Holds a case against two commits; head is what the second changes. */
export async function expectOfCommits({ below = '.', ...one }: Case): Promise<void> {
  const folder = repositoryOf(filesOf(one.base));
  commit(folder, filesOf(one.head));
  await expectSaid(join(folder, below), ['--base', 'rev:HEAD~1', '--head', 'rev:HEAD'], one);
  if (one.lint !== undefined) expectTexts((await runMain(folder, 'lint .')).stdout, one.lint);
}

/** Holds a case against two folders, each with all of its side, or what is in both below them. */
export async function expectOfFolders({ below = '', ...one }: Case): Promise<void> {
  const sides = ['base', 'head'] as const;
  const files = sides.flatMap(side =>
    writtenIn(one[side]).map(([path, text]) => [`${side}/${path}`, text] as const),
  );
  const [base, head] = sides.map(side => join(side, below));
  await expectSaid(folderOf(files), ['--base', `${base}`, '--head', `${head}`], one);
}

/** Holds a case against two files: a side is the content of its file. */
export async function expectOfFiles(one: Case): Promise<void> {
  const folder = folderOf({
    'base.yaml': textOf(one.base) ?? '',
    'head.yaml': textOf(one.head) ?? '',
  });
  await expectSaid(folder, ['--base', 'base.yaml', '--head', 'head.yaml'], one);
}

async function expectSaid(folder: string, sides: readonly string[], one: Omit<Case, 'below'>) {
  const { flags, status, says = [], never = [], formats = {}, risks, json } = one;
  const args = ['diff', ...sides, ...(flags?.split(' ') ?? [])];
  if (says.length + never.length > 0 || status !== undefined) {
    const ran = await runMain(folder, args);
    expectTexts(ran.stdout, says.map(patternOf));
    for (const text of never) expect(ran.stdout).not.toMatch(patternOf(text));
    if (status !== undefined) expect(ran.status).toBe(status);
  }
  for (const [format, texts] of Object.entries(formats))
    expectTexts(
      (await runMain(folder, [...args, '--format', format])).stdout,
      texts.map(patternOf),
    );
  if (risks === undefined && json === undefined) return;
  const report = JSON.parse((await runMain(folder, [...args, '--format', 'json'])).stdout);
  const told = (report.risks as Risk[]).map(({ level, rule }) => `${level} ${rule}`);
  if (risks !== undefined) expect(told).toEqual(risks);
  if (json !== undefined) expect(report).toMatchObject(json);
}

interface Risk {
  readonly level: string;
  readonly rule: string;
}
