import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { folderOf, type Ran, root, run } from '../machine.ts';

const ACTION = '.github/actions/rendered-diff/action.yaml';
const REVIEW = '.github/workflows/rendered-diff.yaml';
const COMMENT = '.github/workflows/rendered-diff-comment.yaml';
const GITLAB = 'ci/gitlab/rendered-diff.yaml';

function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, { readonly permissions: object; readonly steps: Step[] }>>;
}

function workflow(file: string): Workflow {
  return load(textOf(file)) as Workflow;
}

/** The steps of the only job. */
function job(file: string): Workflow['jobs'][string] {
  const [only, ...others] = Object.values(workflow(file).jobs);
  if (only === undefined || others.length > 0) throw new Error(`${file} has not one job`);
  return only;
}

test.for([ACTION, REVIEW, COMMENT])(
  '%s uses actions of one commit, and says of which version',
  file => {
    const uses = [...textOf(file).matchAll(/uses: (.*)/g)].map(([, used = '']) => used);
    for (const used of uses.filter(name => !name.startsWith('./') && !name.startsWith('OWNER/')))
      expect(used).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  },
);

test('no text of others is put into a script', () => {
  const { runs } = load(textOf(ACTION)) as { readonly runs: { readonly steps: Step[] } };
  const scripts = [...runs.steps, ...job(COMMENT).steps].flatMap(step => step.run ?? []);
  expect(scripts).toHaveLength(4);
  for (const script of scripts) expect(script).not.toContain('${{');
});

test('what runs the pull request may read; what may write runs nothing of it', () => {
  expect(workflow(REVIEW).on).toBe('pull_request');
  expect(workflow(REVIEW).permissions).toEqual({});
  expect(job(REVIEW).permissions).toEqual({ contents: 'read' });
  expect(workflow(COMMENT).on).toEqual({
    workflow_run: { workflows: ['rendered-diff'], types: ['completed'] },
  });
  expect(workflow(COMMENT).permissions).toEqual({});
  expect(job(COMMENT).permissions).toEqual({ actions: 'read', 'pull-requests': 'write' });
  expect(job(COMMENT).steps.filter(({ uses }) => uses !== undefined)).toEqual([]);
});

test('action and template call the one script', () => {
  expect(textOf(ACTION)).toContain('/.ci/rendered-diff" "$BASE" "$FOLDER"');
  expect(load(textOf(GITLAB))).toMatchObject({
    'rendered-diff': {
      script: ['.ci/rendered-diff "origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME" rendered-diff'],
    },
  });
});

/** Stands for GitHub: it says what pull requests and comments there are, and writes down the rest. */
const GH = `#!/usr/bin/env bash
case "$*" in
  *'/pulls -f state=open'*) echo "$NUMBER" ;;
  'run download'*) mkdir -p "\${@: -1}" && cp review.md "\${@: -1}" ;;
  *--paginate*) printf "$KNOWN" ;;
  *) for last; do case $last in body=@*) cp "\${last#body=@}" body.md ;; esac; done
    echo "$3 $4" >>calls ;;
esac
`;

interface Posted extends Ran {
  readonly calls: string;
  readonly body: string;
}

/** Runs the step that comments, on a review and with what GitHub says. */
function comment(review: string, github: { number?: string; known?: string } = {}): Posted {
  const folder = folderOf([
    ['bin/gh', GH],
    ['review.md', review],
    ['calls', ''],
    ['body.md', ''],
  ]);
  chmodSync(join(folder, 'bin/gh'), 0o755);
  const [{ run: script = '' } = {}] = job(COMMENT).steps;
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    LC_ALL: 'C.UTF-8',
    RUNNER_TEMP: join(folder, 'temp'),
    GH_REPO: 'o/r',
    RUN: '7',
    HEAD: 'fork:main',
    SHA: 'abc',
    NUMBER: github.number ?? '12',
    KNOWN: github.known ?? '',
  };
  const ran = run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: folder,
    env,
  });
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  return { ...ran, calls: read('calls'), body: read('body.md') };
}

const REVIEW_TEXT = '<!-- rem-secrets -->\n### rem-secrets: nothing blocks\n';

test('the first review makes a comment, later ones go into it', () => {
  const first = comment(REVIEW_TEXT);
  expect(first).toMatchObject({ status: 0, body: REVIEW_TEXT });
  expect(first.calls).toBe('POST repos/o/r/issues/12/comments\n');
  const later = comment(REVIEW_TEXT, { known: '34\\n56\\n' });
  expect(later).toMatchObject({ status: 0, body: REVIEW_TEXT });
  expect(later.calls).toBe('PATCH repos/o/r/issues/comments/34\n');
});

test('a pull request that is closed, or has another head by now, gets none', () => {
  expect(comment(REVIEW_TEXT, { number: '' })).toMatchObject({ status: 0, calls: '' });
});

test('a text that is no review is refused, and one mentions nobody', () => {
  expect(comment('hello @everyone\n')).toMatchObject({ status: 1, calls: '' });
  expect(comment(REVIEW_TEXT + 'x'.repeat(65_536))).toMatchObject({ status: 1, calls: '' });
  const { body } = comment(`${REVIEW_TEXT}@everyone @@ spec @@ a@b\n`);
  expect(body).toBe(`${REVIEW_TEXT}@\u200beveryone @@ spec @@ a@\u200bb\n`);
});
