import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, yamlIn } from '../../machine.ts';
import type { Comment, Fill } from './forges.ts';
import { BY_FORK, comment, MARKER, NO_REVIEW, REVIEW, withText } from './forges.ts';

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
  const others = Array.from({ length: 250 }, (_, id): Comment[] => [
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
  const [ofComment, ofReview] = ['rendered-diff-comment', 'rendered-diff'].map(name =>
    yamlIn<{ readonly concurrency?: unknown }>(root, `.github/workflows/${name}.yaml`),
  );
  expect(ofComment?.concurrency).toBeUndefined();
  expect(ofReview?.concurrency).toEqual({
    group: 'rendered-diff-\u0024{{ github.event.pull_request.number }}',
    'cancel-in-progress': true,
  });
});
