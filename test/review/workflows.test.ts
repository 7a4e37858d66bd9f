import { load, loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { readText, root } from '../machine.ts';

const ACTION = 'action.yml';
const COMMENT_ACTION = '.github/actions/comment/action.yaml';
const REVIEW = '.github/workflows/rendered-diff.yaml';
const COMMENT = '.github/workflows/rendered-diff-comment.yaml';
const GITLAB = 'templates/rem-secrets.yml';

const textOf = (file: string): string => readText(root, file);

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, { readonly permissions: object; readonly steps: Step[] }>>;
}

const workflow = (file: string): Workflow => load(textOf(file)) as Workflow;

function job(file: string): Workflow['jobs'][string] {
  const [only, ...others] = Object.values(workflow(file).jobs);
  if (only === undefined || others.length > 0) throw new Error(`${file} has not one job`);
  return only;
}

test.for([ACTION, COMMENT_ACTION, REVIEW, COMMENT])(
  '%s uses actions of one commit, and says of which version',
  file => {
    const uses = [...textOf(file).matchAll(/uses: (.*)/g)].map(([, used = '']) => used);
    for (const used of uses.filter(name => !name.startsWith('./') && !name.startsWith('OWNER/')))
      expect(used).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  },
);

/** The steps of an action. */
function stepsOf(file: string): readonly Step[] {
  return (load(textOf(file)) as { readonly runs: { readonly steps: Step[] } }).runs.steps;
}

test('no text of others is put into a script, and no cache is restored', () => {
  const steps = [...stepsOf(ACTION), ...stepsOf(COMMENT_ACTION), ...job(COMMENT).steps];
  const scripts = steps.flatMap(step => step.run ?? []);
  expect(scripts).toHaveLength(7);
  for (const script of scripts) expect(script).not.toContain('${{');
  expect(steps.filter(({ uses }) => /cache/.test(uses ?? ''))).toEqual([]);
});

test('kustomize is the one that all is tried with', () => {
  const [, version = ''] = /kustomize\/v5 (v[\d.]+)/.exec(textOf('tools/go.mod')) ?? [];
  expect(textOf(ACTION)).toContain(`/kustomize_${version}_linux_amd64.tar.gz\n`);
});

test('what runs the pull request may read; what may write runs nothing of it', () => {
  expect(workflow(REVIEW).on).toBe('pull_request');
  expect(workflow(REVIEW).permissions).toEqual({});
  expect(job(REVIEW).permissions).toEqual({ contents: 'read' });
  expect(workflow(COMMENT).on).toEqual({
    workflow_run: { workflows: ['rendered-diff'], types: ['completed'] },
  });
  expect(workflow(COMMENT).permissions).toEqual({});
  expect(job(COMMENT).permissions).toEqual({
    actions: 'read',
    contents: 'read',
    'pull-requests': 'write',
  });
  // Of a run that another one starts this checks out the default branch.
  expect(job(COMMENT).steps).toEqual([
    { uses: expect.stringContaining('actions/checkout@'), with: { 'persist-credentials': false } },
    { uses: './.github/actions/comment' },
  ]);
});

test('action and template call the one script', () => {
  expect(textOf(ACTION)).toContain('"$ACTION/.ci/rendered-diff" "$BASE" "$FOLDER"');
  const [, jobs] = loadAll(textOf(GITLAB)) as [object, Record<string, { script: string[] }>];
  expect(jobs['rendered-diff']?.script.at(-1)).toBe(
    '"$place/.ci/rendered-diff" "$target" rendered-diff --file "$FILE"',
  );
});
