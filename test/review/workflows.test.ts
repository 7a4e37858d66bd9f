import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { root } from '../machine.ts';

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
  expect(scripts).toHaveLength(5);
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
  expect(loadAll(textOf(GITLAB))[1]).toMatchObject({
    'rendered-diff': {
      script: ['"$place/lib/node_modules/rem-secrets/.ci/rendered-diff" "$target" rendered-diff'],
    },
  });
});
