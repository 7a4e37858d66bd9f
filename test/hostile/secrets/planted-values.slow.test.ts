import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Review } from '../../../generator/diff/review.ts';
import { folderOf, lastingFolder, type Ran, remembering, runMain, tool } from '../../machine.ts';
import { commit, repositoryOf } from '../../review/repository.ts';
import { Planter } from './planted.ts';
import { manifests, treeOf } from './tree.ts';

const base = treeOf('base');
const head = treeOf('head');
const { planted } = head.planter;

/** Every planted value, as it stands and as base64 has it. */
const values = planted.flatMap(({ place, values: { base: was, head: is } }) =>
  [was, is].flatMap(value => [
    { place, text: value },
    { place, text: Buffer.from(value).toString('base64').replace(/=+$/, '') },
  ]),
);

function shownIn(text: string): string[] {
  return [...new Set(values.filter(value => text.includes(value.text)).map(({ place }) => place))];
}

function expectNothing({ stdout, stderr }: Pick<Ran, 'stdout' | 'stderr'>): void {
  expect(shownIn(stdout), 'on stdout').toEqual([]);
  expect(shownIn(stderr), 'on stderr').toEqual([]);
}

/** A repository whose last commit changes every planted value; nothing writes in it. */
const folder = lastingFolder();
/** What is plain in it, before that commit. */
const before = lastingFolder();
beforeAll(() => {
  tool('kustomize');
  repositoryOf(base.files, folder);
  cpSync(join(folder, 'plain'), before, { recursive: true });
  commit(folder, head.files);
});

test('60 values, each in a place of its own', () => {
  expect(planted.length).toBeGreaterThanOrEqual(60);
  expect(new Set(planted.map(({ place }) => place)).size).toBe(planted.length);
  const texts = Object.values(head.files).join('\n');
  for (const {
    place,
    values: { base: was, head: is },
  } of planted) {
    expect(
      [is, Buffer.from(is).toString('base64')].some(form => texts.includes(form)),
      place,
    ).toBe(true);
    expect(was).not.toBe(is);
  }
});

async function expectNothingOf(lines: readonly string[]): Promise<void> {
  for (const line of lines) expectNothing(await runMain(folder, line, '', remembering));
}

test.for(['text', 'markdown', 'json', 'sarif', 'html'])('diff as %s', async format => {
  // Of plain folders one is empty: everything is added, or removed.
  const sides = ['HEAD~1', 'HEAD~1 --head HEAD', 'HEAD --head HEAD~1', `${before} --head plain`];
  await expectNothingOf(sides.map(side => `--format ${format} diff --base ${side}`));
});

test('diff writes reports', async () => {
  const out = join(folderOf(), 'out');
  await runMain(folder, ['diff', '--base', 'HEAD~1', '--reports', out]);
  const reports = readdirSync(out);
  expect(reports).toHaveLength(4);
  for (const report of reports)
    expect(shownIn(readFileSync(join(out, report), 'utf8')), report).toEqual([]);
});

const PLAIN = ['plain', 'overlays/prod', 'faulty/wrong.yaml', 'faulty/broken.yaml'];

test.for(['text', 'json', 'sarif', 'github', 'junit'])('lint as %s', async format => {
  const lint = `--format ${format} lint`;
  const configs = ['', '--config faulty/lint.yaml ', '--config faulty/review.yaml '];
  const named = PLAIN.flatMap(path => configs.map(config => `${lint} ${config}${path}`));
  await expectNothingOf([lint, ...named]);
});

test.for(['table', 'json', 'mermaid', 'dot', 'svg', 'html'])('graph as %s', async format => {
  const graph = `graph --output ${format}`;
  await expectNothingOf([graph, ...PLAIN.map(path => `${graph} ${path}`)]);
});

test.for(['text', 'json'])('validate, expand and environments as %s', async format => {
  const specs = [
    'rem-secrets.yaml',
    'faulty/rem-secrets.yaml',
    'faulty/broken.yaml',
    'plain/all.yaml',
  ];
  const commands = ['expand --check', 'environments', 'validate', 'lint', 'diff', 'graph'];
  const lines = [
    ...PLAIN.map(path => `validate ${path}`),
    ...specs.flatMap(spec => commands.map(command => `--file ${spec} ${command}`)),
  ];
  await expectNothingOf(lines.map(line => `--format ${format} ${line}`));
});

test.for(['faulty/review.yaml', 'faulty/lint.yaml', 'faulty/broken.yaml'])(
  'diff with %s for settings',
  async settings => {
    const options = ['--acknowledgements', '--config'];
    await expectNothingOf(options.map(option => `diff --base HEAD~1 ${option} ${settings}`));
  },
);

/** A side of a comparison: what is in the manifests, of which one value may have changed. */
function manifestsWith(changed?: number): Planter & { readonly text: string } {
  const planter = new Planter(number => (number === changed ? 'head' : 'base'));
  return Object.assign(planter, { text: manifests(planter) });
}

const { planted: inManifests } = manifestsWith();

/** kubectl writes it, and what it says stands in the object too: it is no change. */
const NO_CHANGE = 'last-applied';

test.for(inManifests.map(({ place }, number) => [place, number] as const))(
  'a change is shown as one, and its value is not: %s',
  async ([place, number]) => {
    const [before, after] = [manifestsWith(), manifestsWith(number)];
    const folder = folderOf({ 'before/all.yaml': before.text, 'after/all.yaml': after.text });
    const ran = await runMain(folder, '--format json diff --base before --head after');
    const { changes } = JSON.parse(ran.stdout) as Pick<Review, 'changes'>;
    expect(
      changes.flatMap(change => change.fields).map(({ what, isHidden }) => [what, isHidden]),
    ).toEqual(place === NO_CHANGE ? [] : [['changed', true]]);
    expectNothing(ran);
  },
);

test('of a file that changes only its lines are told', async () => {
  const file = (port: number, password: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  app.ini: |\n    port=${port}\n    password=${password}\n    token=same5-x\n`;
  const folder = folderOf({
    'before/a.yaml': file(1, 'badger1-q'),
    'after/a.yaml': file(2, 'badger1-w'),
  });
  const { stdout } = await runMain(folder, 'diff --base before --head after');
  expect(stdout).toContain('    ~ data["app.ini"]: … (lines 1–2 of 3 differ)\n');
});

test('what base lists is shown, and what head adds to its list is not', async () => {
  const object = (text: string): string =>
    `apiVersion: example.com/v1\nkind: Thing\nmetadata: { name: a }\nspec: { rule: ${text}, note: ${text} }\n`;
  const list = (field: string): string => `shows: [{ kind: Thing, paths: [${field}] }]\n`;
  const folder = folderOf({
    'before/a.yaml': object('a < 1'),
    'before/.rem-secrets-review.yaml': list('spec.rule'),
    'after/a.yaml': object('a < 20'),
    'after/.rem-secrets-review.yaml': list('spec.note'),
  });
  const { stdout } = await runMain(folder, 'diff --base before --head after');
  expect(stdout).toContain('    ~ spec.note: … (5 → 6 characters)\n    ~ spec.rule\n');
  expect(stdout).toContain('      - a < 1\n      + a < 20\n');
});
