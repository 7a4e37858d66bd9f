import { describe, expect, test } from 'vitest';
import { type Content, casesIn, patternOf, type Tree, textOf, writtenIn } from '../cases.ts';
import { expectTexts, folderOf, runMain } from '../machine.ts';
import { foundIn, keys, store, summaryOf, web } from './shop.ts';

/** Files, and what `lint` says of them. */
interface Case {
  readonly files?: Tree;
  /** The spec among them is expanded, and what it makes is linted. */
  readonly expand?: true;
  /** What it is told, '.' unless this says something else, and stdin. */
  readonly args?: string;
  readonly input?: Content;
  readonly status?: number;
  readonly found?: readonly string[];
  readonly summary?: string;
  /** Texts, or patterns between slashes, that are said, and that are not. */
  readonly says?: readonly string[];
  readonly never?: readonly string[];
}

const FIELDS: (keyof Case)[] = [
  'files',
  'expand',
  'args',
  'input',
  'status',
  'found',
  'summary',
  'says',
  'never',
];

/** In them `!text web` is the shop's Deployment. */
const FILES = [
  ...['acceptance', 'bootstraps', 'config', 'documents', 'folders'],
  ...['kustomization-places', 'kustomizations', 'spec', 'versions'],
];

describe.for(FILES)('%s', file => {
  const cases = casesIn<Case>(import.meta.dirname, `${file}.yaml`, FIELDS, { store, keys, web });
  test.for(cases)('%s', ([, one]) => expectOfCase(one));
});

async function expectOfCase({ files = {}, input = '', ...one }: Case): Promise<void> {
  const { expand, status, found, summary, says = [], never = [] } = one;
  const folder = folderOf(writtenIn(files));
  if (expand) expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  const words = expand ? 'lint' : `lint ${one.args ?? '.'}`;
  if (found !== undefined) {
    const ran = await runMain(folder, `--format json ${words}`, textOf(input));
    expect(foundIn(ran)).toEqual(found);
  }
  const text = await runMain(folder, words, textOf(input));
  expectTexts(text.stdout, says.map(patternOf));
  for (const said of never) expect(text.stdout).not.toMatch(patternOf(said));
  if (summary !== undefined) expect(summaryOf(text)).toBe(summary);
  if (status !== undefined) expect(text.status).toBe(status);
}
