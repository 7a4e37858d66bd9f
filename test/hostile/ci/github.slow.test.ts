import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { output, type Ran, root, run } from '../../machine.ts';
import type { Fill } from './review.ts';
import { BY_FORK, forgeOf, MARKER, NO_REVIEW, pagesOf, REVIEW, withText } from './review.ts';

const COMMENT = '.github/workflows/rendered-diff-comment.yaml';

interface Workflow {
  readonly concurrency?: unknown;
}

function workflow(file: string): Workflow {
  return load(readFileSync(join(root, file), 'utf8')) as Workflow;
}

/**
 * Stands for GitHub: its answers are files, which gh's own --jq is run on, page by page; what is
 * written is kept.
 */
const GH = `#!/usr/bin/env bash
filter=. path=
for ((i = 1; i <= $#; i++)); do
  next=$((i + 1))
  case \${!i} in
    --jq) filter=\${!next} ;;
    repos/*) path=\${!i} ;;
    body=@*) cp "\${!i#body=@}" "body-$(ls | grep -c ^body-).md" ;;
  esac
done
case "$*" in
  *--method\\ P*) echo "$3 $path" >>calls ;;
  */zip) cat "$(basename "$(dirname "$path")").zip" ;;
  */pulls\\ *) echo "$*" >>asked; jq --raw-output "$filter" pulls.json ;;
  */artifacts*) jq --raw-output "$filter" artifacts.json ;;
  */comments*) for page in $(ls -d comments-*.json); do jq --raw-output "$filter" "$page"; done ;;
  *) echo "no answer to: $*" >&2; exit 1 ;;
esac
`;

interface Note {
  readonly id: number;
  readonly login: string;
  readonly body: string;
}

/** What GitHub says; the head is that of a fork unless it is said otherwise. */
interface GitHub {
  readonly pulls?: readonly {
    readonly number: number;
    readonly sha?: string;
    readonly repo?: string;
  }[];
  /** By the artifact's name, what puts its files into a folder. */
  readonly artifacts?: Readonly<Record<string, Fill>>;
  readonly comments?: readonly Note[];
  readonly head?: string;
  readonly repo?: string;
  readonly bytes?: number;
}

interface Posted extends Ran {
  readonly calls: string[];
  readonly body: string;
  readonly asked: string;
}

function comment(github: GitHub = {}): Posted {
  const {
    pulls = [{ number: 12 }],
    artifacts = { 'rendered-diff-12': withText(REVIEW) },
    comments = [],
    head = 'fork:main',
    repo = 'fork/r',
    bytes = 1000,
  } = github;
  const pages = pagesOf(comments.map(({ id, login, body }) => ({ id, body, user: { login } })));
  const found = pulls.map(pull => ({
    number: pull.number,
    head: { sha: pull.sha ?? 'abc', repo: { full_name: pull.repo ?? repo } },
  }));
  const uploaded = Object.keys(artifacts).map((name, id) => ({ name, id, size_in_bytes: bytes }));
  const folder = forgeOf('bin/gh', {
    'bin/gh': GH,
    calls: '',
    asked: '',
    'temp/.keep': '',
    'pulls.json': JSON.stringify(found),
    'artifacts.json': JSON.stringify({ artifacts: uploaded }),
    ...Object.fromEntries(
      pages.map((page, index) => [`comments-${index}.json`, JSON.stringify(page)]),
    ),
  });
  Object.values(artifacts).forEach((fill, id) => {
    mkdirSync(join(folder, `${id}`));
    fill(join(folder, `${id}`));
    output('zip', ['--quiet', '--recurse-paths', '--symlinks', `../${id}.zip`, '.'], {
      cwd: join(folder, `${id}`),
    });
  });
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    RUNNER_TEMP: join(folder, 'temp'),
    GH_REPO: 'o/r',
    HEAD_REPO: repo,
    RUN: '7',
    HEAD: head,
    SHA: 'abc',
  };
  const ran = run(join(root, '.ci/comment'), [], { cwd: folder, env });
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const calls = read('calls').split('\n').filter(Boolean);
  return { ...ran, calls, asked: read('asked'), body: calls.length > 0 ? read('body-0.md') : '' };
}

test('the text of a fork stands below a sentence that says so; that of the own repository alone', () => {
  const rest = REVIEW.slice(MARKER.length + 1);
  expect(comment()).toMatchObject({
    status: 0,
    body: `${MARKER}\n> [!WARNING]\n> ${BY_FORK}${rest}`,
  });
  expect(comment({ repo: 'o/r' })).toMatchObject({ status: 0, body: REVIEW });
});

test('the first review makes a comment, later ones go into it', () => {
  expect(comment().calls).toEqual(['POST repos/o/r/issues/12/comments']);
  const comments = [34, 56].map(id => ({ id, login: 'github-actions[bot]', body: REVIEW }));
  expect(comment({ comments }).calls).toEqual(['PATCH repos/o/r/issues/comments/34']);
});

test('its comment is found by author and marker, among 250', () => {
  const others = Array.from({ length: 250 }, (_, id): Note[] => [
    { id, login: 'mallory', body: REVIEW },
    { id: id + 1000, login: 'github-actions[bot]', body: `of another workflow\n${REVIEW}` },
    { id: id + 2000, login: 'github-actions[bot]-not', body: REVIEW },
  ]).flat();
  expect(comment({ comments: others }).calls).toEqual(['POST repos/o/r/issues/12/comments']);
  const own = { id: 9999, login: 'github-actions[bot]', body: REVIEW };
  expect(comment({ comments: [...others.slice(0, 250), own] }).calls).toEqual([
    'PATCH repos/o/r/issues/comments/9999',
  ]);
});

test('several pull requests of one branch: the review goes to the one that it is of', () => {
  const pulls = [{ number: 12 }, { number: 13 }];
  const artifacts = { 'rendered-diff-13': withText(REVIEW) };
  expect(comment({ pulls, artifacts }).calls).toEqual(['POST repos/o/r/issues/13/comments']);
});

test('an artifact names no pull request but one that GitHub says has this head', () => {
  for (const pulls of [
    [],
    [{ number: 12, sha: 'newer' }],
    [{ number: 12, repo: 'other/r' }],
    [{ number: 13 }],
  ])
    expect(comment({ pulls })).toMatchObject({ status: 0, calls: [] });
});

test.for([
  "a'b",
  'a"; touch x; "',
  'a$(touch x)',
  'a`touch x`',
  'a b&state=closed#',
  '-F',
  '--jq',
  '\u0024{{ github.token }}',
  'a\u202Eb',
])('a branch may have any name: %s', branch => {
  const { status, calls, asked } = comment({ head: `fork:${branch}` });
  expect({ status, calls }).toEqual({ status: 0, calls: ['POST repos/o/r/issues/12/comments'] });
  expect(asked).toContain(`-f head=fork:${branch} `);
});

test.for<readonly [string, Fill]>([
  ...NO_REVIEW,
  ['is empty', withText('')],
  ['is longer than a comment', withText(REVIEW + 'x'.repeat(65_536))],
  ['is longer than a comment, in letters of many bytes', withText(REVIEW + '€'.repeat(65_536))],
  ['is no text', withText(Uint8Array.from([0xff, 0xfe, 0, 1]))],
])('a review.md that %s is not posted', ([, fill]) => {
  const { status, calls } = comment({ artifacts: { 'rendered-diff-12': fill } });
  expect({ status, calls }).toEqual({ status: 1, calls: [] });
});

test('a link is taken for its text, and leads nowhere', () => {
  const fill = (folder: string): void => symlinkSync(MARKER, join(folder, 'review.md'));
  const { body } = comment({ artifacts: { 'rendered-diff-12': fill } });
  expect(body).toBe(`${MARKER}\n> [!WARNING]\n> ${BY_FORK}`);
});

test('an artifact that is too large is not fetched', () =>
  expect(comment({ bytes: 200_000_000 })).toMatchObject({ status: 0, calls: [] }));

test('a review mentions nobody', () => {
  const { body } = comment({
    repo: 'o/r',
    artifacts: { 'rendered-diff-12': withText(`${REVIEW}@everyone @@ spec @@ a@b @é\n`) },
  });
  expect(body).toBe(`${REVIEW}@\u200beveryone @@ spec @@ a@\u200bb @\u200bé\n`);
});

test('no workflow can cancel the one that comments, and reviews of two pull requests never meet', () => {
  expect(workflow(COMMENT).concurrency).toBeUndefined();
  expect(workflow('.github/workflows/rendered-diff.yaml').concurrency).toEqual({
    group: 'rendered-diff-\u0024{{ github.event.pull_request.number }}',
    'cancel-in-progress': true,
  });
});
