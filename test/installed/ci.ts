import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programArchive } from '../../tools/release/program-archive.ts';
import type { Fill } from '../hostile/ci/forges.ts';
import {
  BY_FORK,
  comment,
  forgeOf,
  jobs,
  MARKER,
  NOTES,
  note,
  withText,
} from '../hostile/ci/forges.ts';
import { folderOf, output, type Ran, readText, root, run, tool } from '../machine.ts';
import { application, cnpgCluster, configMap, fluxKustomization } from '../manifests.ts';
import { commit, git, repositoryOf } from '../review/repository.ts';

/*
 * The action and the template on repositories of others, as their runners run them: each script in its
 * order, with the archive of a release. What a runner itself does (other actions, artifacts) is left out.
 */

const CLUSTER = cnpgCluster();

const SHOP = {
  'apps/shop/kustomization.yaml': 'resources: [cluster.yaml]\nlabels: [{ pairs: { app: shop } }]\n',
  'apps/shop/cluster.yaml': CLUSTER,
};

const FLUX = { ...SHOP, 'clusters/prod/shop.yaml': fluxKustomization('shop') };

/** It reads a Secret that nothing makes. */
const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: example/web:1.0.0, envFrom: [{ secretRef: { name: login } }] }] }
`;

const ARGO = {
  ...SHOP,
  'argocd/shop.yaml': application('shop', 'apps/shop').replace(
    'argocd }',
    `argocd, finalizers: [resources-finalizer.argocd.argoproj.io] }`,
  ),
};

const CASES = [
  ['Flux', FLUX, 'clusters/prod/shop.yaml', 'flux-kustomization-removed'],
  ['Argo CD', ARGO, 'argocd/shop.yaml', 'application-removed'],
] as const;

let sha256: string;

const place = mkdtempSync(join(tmpdir(), 'rem-secrets-ci-'));
const release = join(place, 'release.tar.gz');

beforeAll(() => {
  const folder = 'rem-secrets-1.0.0';
  // By link what test/installed/release.ts unpacks: each script here unpacks it anew.
  const programs = [
    { path: `${folder}/bin/node`, link: process.execPath },
    { path: `${folder}/.tools/kustomize`, link: tool('kustomize') },
    { path: `${folder}/.tools/kustomize-builder`, link: tool('kustomize-builder') },
  ];
  writeFileSync(release, gzipSync(programArchive(root, folder, programs), { level: 1 }));
  sha256 = digestOf(release);
});

afterAll(() => rmSync(place, { recursive: true }));

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** A repository, and a fork whose branch removes a file; main has gone on since. */
interface Forked {
  readonly origin: string;
  readonly fork: string;
  /** The commit that the fork's branch left main at. */
  readonly left: string;
}

function forkOf(files: Readonly<Record<string, string>>, removed: string): Forked {
  const origin = repositoryOf(files);
  const left = git(origin, 'rev-parse', 'HEAD').trim();
  const fork = cloneOf(origin);
  git(fork, 'switch', '--quiet', '--create', 'change');
  commit(fork, { [removed]: undefined });
  commit(origin, { 'apps/meanwhile/config.yaml': configMap('meanwhile') });
  return { origin, fork, left };
}

function cloneOf(origin: string, ...flags: readonly string[]): string {
  const clone = folderOf();
  git(clone, 'clone', '--quiet', ...flags, `file://${origin}`, '.');
  return clone;
}

/** What actions/checkout gives for a pull request: the merge commit that GitHub makes of main and the fork's branch. */
function checkoutOf({ origin, fork }: Forked): string {
  const clone = cloneOf(origin);
  git(clone, 'fetch', '--quiet', fork, 'change');
  git(clone, 'switch', '--quiet', '--detach');
  git(clone, 'merge', '--quiet', '--no-ff', '--message', 'Merge', 'FETCH_HEAD');
  git(clone, 'branch', '--quiet', '--delete', '--force', 'main');
  return clone;
}

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

interface ActionRan extends Ran {
  readonly artifact: string;
  readonly summary: string;
  /** The other actions that ran, without their versions. */
  readonly used: readonly string[];
}

interface ComposedAction {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

/** Runs the steps of the action for a pull request, with inputs and contexts; the last one ends as they do. */
function runAction(
  folder: string,
  inputs: Readonly<Record<string, string>>,
  contexts: Readonly<Record<string, string>> = {},
  machine: NodeJS.ProcessEnv = process.env,
): ActionRan {
  const action = load(readText(root, 'action.yml')) as ComposedAction;
  const temp = folderOf();
  const [variables, outputs, summary] = ['env', 'output', 'summary'].map(name =>
    join(temp, name),
  ) as [string, string, string];
  for (const file of [variables, outputs, summary]) writeFileSync(file, '');
  const given = contextsOf(action, inputs, { 'runner.temp': temp, ...contexts });
  const all = { ...machine, RUNNER_TEMP: temp, GITHUB_ENV: variables, GITHUB_OUTPUT: outputs };
  const used: string[] = [];
  let last: Ran = { status: 0, stdout: '', stderr: '' };
  let printed = '';
  for (const { id, if: condition = '', env = {}, run: script, uses } of action.runs.steps) {
    if (last.status !== 0 || !holds(condition, given)) continue;
    if (uses !== undefined) used.push(uses.replace(/@.*/, ''));
    if (script === undefined) continue;
    writeFileSync(outputs, '');
    const own = Object.entries(env).map(([name, value]) => [name, filled(value, given)]);
    last = run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd: folder,
      env: {
        ...all,
        GITHUB_STEP_SUMMARY: summary,
        ...Object.fromEntries([...pairs(variables), ...own]),
      },
    });
    for (const [name = '', value = ''] of pairs(outputs))
      given[`steps.${id}.outputs.${name}`] = value;
    printed += last.stdout;
  }
  const artifact = join(temp, 'rendered-diff');
  return { ...last, stdout: printed, summary: readFileSync(summary, 'utf8'), artifact, used };
}

/** What expressions of the action name, in the run of a pull request of a fork. */
function contextsOf(
  { inputs }: ComposedAction,
  values: Readonly<Record<string, string>>,
  contexts: Readonly<Record<string, string>>,
): Record<string, string> {
  const given: Record<string, string> = {
    'github.action_path': root,
    'github.base_ref': 'main',
    'github.event_name': 'pull_request',
    'github.event.pull_request.base.repo.full_name': 'team/shop',
    'github.event.pull_request.head.repo.full_name': 'stranger/shop',
    'github.event.pull_request.number': '7',
    'github.repository': 'team/shop',
    'github.token': 'token',
    ...contexts,
  };
  const all = Object.entries(inputs).map(([name, { default: usual = '' }]) => [
    `inputs.${name}`,
    values[name] ?? filled(usual, given),
  ]);
  return { ...given, ...Object.fromEntries(all) };
}

function filled(text: string, given: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, key: string) => given[key] ?? '');
}

function pairs(file: string): string[][] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter(line => line !== '').map(line => line.split('='));
}

/** Whether a step runs, by its condition: comparisons of contexts and texts, all of which have to hold. */
function holds(condition: string, given: Readonly<Record<string, string>>): boolean {
  const textOf = (word = ''): string => /^'(.*)'$/.exec(word)?.[1] ?? given[word] ?? '';
  return condition.split(' && ').every(comparison => {
    const [left, operator, right] = comparison.split(' ');
    if (operator === undefined) return true;
    return (textOf(left) === textOf(right)) === (operator === '==');
  });
}

function standIns(programs: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const folder = folderOf(
    Object.entries(programs).map(([name, text]) => [name, `#!/usr/bin/env bash\n${text}`] as const),
  );
  for (const name of Object.keys(programs)) chmodSync(join(folder, name), 0o755);
  return { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
}

/** Runs a job of the template, with the archive of a release. */
function runJob(name: string, cwd: string, variables: Readonly<Record<string, string>>): Ran {
  const { before_script: before = [], script = [] } = jobs[name] ?? {};
  const given = { RELEASE: `file://${release}`, RELEASE_SHA256: sha256, FILE: 'rem-secrets.yaml' };
  const env = { ...process.env, ...given, ...variables };
  return run('bash', ['-eo', 'pipefail', '-c', [...before, ...script].join('\n')], { cwd, env });
}

/** What a review has written, as the artifact of its run. */
function reviewIn(artifact: string): Fill {
  return withText(readText(artifact, 'review.md'));
}

describe.for(CASES)('%s', ([name, files, removed, rule]) => {
  test('the action, and the comment on the pull request of a fork', () => {
    const folder = checkoutOf(forkOf(files, removed));
    const { status, summary, stderr, artifact, used } = runAction(folder, {
      release: `file://${release}`,
      sha256,
    });
    expect(stderr).toBe('');
    expect(used, 'nothing is built').toEqual(['actions/upload-artifact']);
    expect(summary).toContain(`<code>${rule}</code>`);
    expect(summary).toContain('cluster-removed');
    expect(summary, 'what main did meanwhile is no change').not.toContain('meanwhile');
    expect(status).toBe(1);

    const pulls = [{ number: 7 }, { number: 8, sha: 'other' }];
    const given = { pulls, artifacts: { 'rendered-diff-7': reviewIn(artifact) } };
    const { calls, body } = comment(given);
    expect(calls).toEqual(['POST repos/o/r/issues/7/comments']);
    expect(body.startsWith(`${MARKER}\n> [!WARNING]\n> ${BY_FORK}`)).toBe(true);
    expect(body).toContain(`<code>${rule}</code>`);
    const other = { id: 1, login: 'somebody', body: MARKER };
    const own = { id: 2, login: 'github-actions[bot]', body: `${MARKER}\nold` };
    expect(comment({ ...given, comments: [other, own] }).calls).toEqual([
      'PATCH repos/o/r/issues/comments/2',
    ]);
  });

  test('the template, and the note', () => {
    // The pipeline of a fork runs in the fork, where main is as old as the fork.
    const isFork = name === 'Flux';
    const { origin, fork, left } = forkOf(files, removed);
    if (!isFork) git(origin, 'fetch', '--quiet', fork, 'change:change');
    const folder = cloneOf(isFork ? fork : origin, '--branch', 'change');
    if (isFork) git(folder, 'branch', '--remotes', '--delete', 'origin/main');
    expect(jobs['rendered-diff']?.cache, 'nothing of another pipeline is restored').toEqual([]);
    const cache = folderOf();
    const { status, stderr } = runJob('rendered-diff', folder, {
      CI_PROJECT_ID: isFork ? '2' : '1',
      CI_MERGE_REQUEST_PROJECT_ID: '1',
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: left,
      XDG_CACHE_HOME: cache,
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(readdirSync(cache), 'nothing is kept').toEqual([]);
    const review = readText(folder, 'rendered-diff/review.md');
    expect(review).toContain(rule);
    expect(review, 'what main did meanwhile is no change').not.toContain('meanwhile');

    const fill = reviewIn(join(folder, 'rendered-diff'));
    const { calls, body } = note(fill, [], isFork ? '2' : '1');
    expect(calls).toEqual([`POST ${NOTES}`]);
    expect(body).toContain(rule);
    expect(body.includes('That is a fork')).toBe(isFork);
    expect(note(fill, [{ id: 4, author: 5, body }]).calls).toEqual([`PUT ${NOTES}/4`]);
  });
});

test('the action lints with a baseline, gives code scanning the findings, and comments on what is no fork', () => {
  const folder = repositoryOf({ ...FLUX, 'apps/shop/cluster.yaml': `${CLUSTER}---\n${WEB}` });
  git(folder, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
  const given = { release: `file://${release}`, sha256 };
  const own = { 'github.event.pull_request.head.repo.full_name': 'team/shop' };
  const first = runAction(folder, { ...given, sarif: 'true', paths: 'apps/shop clusters' }, own);
  expect(first.stdout).toContain('::error file=apps/shop/cluster.yaml,line=');
  expect(first.used).toEqual(['github/codeql-action/upload-sarif', 'actions/upload-artifact']);
  expect({ status: first.status, stderr: first.stderr }).toEqual({ status: 1, stderr: '' });
  const program = join(first.artifact, '../rem-secrets/rem-secrets');
  output(program, ['lint', '.', '--write-baseline', 'known.yaml'], { cwd: folder });

  const { folder: place, PATH } = forgeOf('gh', { 'comments-0.json': '[]' });
  const env = { ...process.env, PATH, PLACE: place };
  const inputs = { ...given, baseline: 'known.yaml', comment: 'true' };
  expect(runAction(folder, inputs, own, env)).toMatchObject({ status: 0, stderr: '' });
  expect(readText(place, 'calls')).toBe('POST repos/team/shop/issues/7/comments\n');
  expect(readText(place, 'body.md')).toContain('rem-secrets: no risks');
  expect(runAction(folder, inputs, { 'github.event_name': 'push' })).toMatchObject({
    status: 0,
    summary: '',
    used: [],
  });
});

test('the lint of the template reports to GitLab what is new', () => {
  const folder = repositoryOf({ ...FLUX, 'apps/shop/cluster.yaml': `${CLUSTER}---\n${WEB}` });
  const { status, stdout } = runJob('rem-secrets-lint', folder, {
    PATHS: 'apps clusters',
    BASELINE: '',
  });
  expect(stdout).toContain('1 error');
  expect(status).toBe(1);
  expect(readText(folder, 'rem-secrets.xml')).toContain('unknown-secret');
});

test('a spec whose tree is not that of the spec fails', () => {
  const folder = repositoryOf({});
  output('cp', ['-r', `${join(root, 'examples/shop')}/.`, folder]);
  const given = { release: `file://${release}`, sha256 };
  const onPush = { 'github.event_name': 'push' };
  expect(runAction(folder, given, onPush)).toMatchObject({ status: 0, stderr: '' });
  writeFileSync(join(folder, 'base/service-shop.yaml'), '');
  expect(runAction(folder, given, onPush).status).toBe(1);
});

test('an archive with another digest is not unpacked', () => {
  const { status, used, stderr } = runAction(checkoutOf(forkOf(FLUX, 'clusters/prod/shop.yaml')), {
    release: `file://${release}`,
    sha256: 'a'.repeat(64),
  });
  expect({ status, used }).toEqual({ status: 1, used: [] });
  expect(stderr).toContain('did NOT match');
});

test('without a release nothing is built with a kustomize of another digest', () => {
  const programs = {
    npm: 'exit 0',
    curl: 'for last; do [ "$flag" = --output ] && echo other >"$last"; flag=$last; done',
  };
  const { status, used, stderr } = runAction(folderOf(), {}, {}, standIns(programs));
  expect({ status, used }).toEqual({ status: 1, used: ['actions/setup-node'] });
  expect(stderr).toContain('did NOT match');
});
