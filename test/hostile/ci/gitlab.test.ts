import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, output } from '../../machine.ts';
import { write } from '../../review/repository.ts';
import type { Fill, Note } from './forges.ts';
import {
  BY_FORK,
  jobs,
  MARKER,
  NO_REVIEW,
  NOTES,
  note,
  REVIEW,
  template,
  withText,
} from './forges.ts';

test('every image is an input that has to be given, by digest', () => {
  const digest = 'a'.repeat(64);
  for (const { image } of Object.values(jobs)) {
    const name = /^\$\[\[ inputs\.(\w+) \]\]$/.exec(image)?.[1] ?? '';
    const { regex = '', default: usual } = template.spec.inputs[name] ?? {};
    expect(usual).toBeUndefined();
    expect(`alpine:3.22@sha256:${digest}`).toMatch(new RegExp(regex));
    for (const wrong of [
      'alpine',
      'alpine:3.22',
      'alpine@sha256:abc',
      `alpine@sha256:${digest}\nx`,
    ])
      expect(wrong).not.toMatch(new RegExp(regex));
  }
});

test('jobs of one merge request take turns, and those of two never meet', () =>
  expect(jobs['rendered-diff-note']?.resource_group).toBe(
    'rendered-diff-note-$CI_MERGE_REQUEST_IID',
  ));

test('the first review makes a note, later ones go into it, be it the 250th', () => {
  expect(note(withText(REVIEW))).toMatchObject({
    status: 0,
    calls: [`POST ${NOTES}`],
    body: REVIEW,
  });
  const others = Array.from({ length: 249 }, (_, id): Note => ({ id, author: 6, body: REVIEW }));
  const notes = [...others, { id: 999, author: 5, body: REVIEW }];
  expect(note(withText(REVIEW), notes).calls).toEqual([`PUT ${NOTES}/999`]);
});

test('a note of another author, of the system, or with the marker later is not its own', () => {
  const notes = [
    { id: 1, author: 6, body: REVIEW },
    { id: 2, author: 5, body: REVIEW, system: true },
    { id: 3, author: 5, body: `quoted: ${REVIEW}` },
  ];
  expect(note(withText(REVIEW), notes).calls).toEqual([`POST ${NOTES}`]);
});

test('the text of a fork stands below a sentence that says so', () => {
  const { body } = note(withText(REVIEW), [], '2');
  expect(body).toBe(`${MARKER}\n> ${BY_FORK}### rem-secrets: nothing blocks\n`);
});

test('a review gives no orders and mentions nobody', () => {
  const { body } = note(withText(`${REVIEW}/merge\n  /approve\n@all and a@b\na/b\n`));
  expect(body).toBe(`${REVIEW}\u200b/merge\n  \u200b/approve\n@\u200ball and a@\u200bb\na/b\n`);
});

test.for<readonly [string, Fill]>([
  ...NO_REVIEW,
  [
    'is a link to a text with the marker',
    folder => {
      write(folder, 'other.md', REVIEW);
      symlinkSync('other.md', join(folder, 'review.md'));
    },
  ],
  ['is a pipe', folder => output('mkfifo', [join(folder, 'review.md')])],
  [
    'is in a folder that is a link',
    folder => {
      rmSync(folder, { recursive: true });
      symlinkSync(folderOf({ 'review.md': REVIEW }), folder);
    },
  ],
])('a review.md that %s is not posted', ([, fill]) => {
  const { status, calls, stdout, stderr } = note(fill);
  expect({ status, calls }).toEqual({ status: 1, calls: [] });
  expect(stdout + stderr).not.toContain('token-of-the-job');
});
