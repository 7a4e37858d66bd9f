import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { load, loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programArchive } from '../../tools/release/program-archive.ts';
import { folderOf, output, type Ran, readText, root, run, tool } from '../machine.ts';
import { application, cnpgCluster, configMap, fluxKustomization } from '../manifests.ts';
import { commit, git, repositoryOf } from '../review/repository.ts';

/*
 * The action and the template on repositories of others, as their runners run them: each script in its
 * order, with the archive of a release. What a runner itself does (other actions, artifacts) is left out.
 */

const CLUSTER = cnpgCluster();

const FLUX = {
  'clusters/prod/shop.yaml': fluxKustomization('shop'),
  'apps/shop/kustomization.yaml': 'resources: [cluster.yaml]\nlabels: [{ pairs: { app: shop } }]\n',
  'apps/shop/cluster.yaml': CLUSTER,
};

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
  'argocd/shop.yaml': application('shop', 'apps/shop').replace(
    'argocd }',
    `argocd, finalizers: [resources-finalizer.argocd.argoproj.io] }`,
  ),
  'apps/shop/kustomization.yaml': 'resources: [cluster.yaml]\nlabels: [{ pairs: { app: shop } }]\n',
  'apps/shop/cluster.yaml': CLUSTER,
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

/** The GitHub CLI: what the API has, through jq as with --jq; what is sent is kept. */
const GH = `
for last; do case "$flag" in --jq) filter=$last ;; -F) body=\${last#body=@} ;; --method) method=$last ;; esac; flag=$last; done
case "$*" in
  *repos/team/shop/pulls' '*) jq --raw-output "$filter" "$PLACE/pulls.json" ;;
  */artifacts[?]*) jq --raw-output "$filter" "$PLACE/artifacts.json" ;;
  */artifacts/55/zip) cat "$PLACE/artifact.zip" ;;
  */comments[?]*) jq --raw-output "$filter" "$PLACE/comments.json" ;;
  *) cp "$body" "$PLACE/sent.md" && echo "$method $(grep -o 'repos/[^ ]*' <<<"$*")" >"$PLACE/sent" ;;
esac
`;

function comment(artifact: string, comments: readonly object[]): string[] {
  const temp = folderOf();
  output('zip', [
    '--quiet',
    '--junk-paths',
    join(temp, 'artifact.zip'),
    join(artifact, 'review.md'),
  ]);
  const head = { sha: 'abc', repo: { full_name: 'stranger/shop' } };
  const json = {
    pulls: [
      { number: 7, head },
      { number: 8, head: { ...head, sha: 'other' } },
    ],
    artifacts: { artifacts: [{ name: 'rendered-diff-7', id: 55, size_in_bytes: 1000 }] },
    comments,
  };
  for (const [name, value] of Object.entries(json))
    writeFileSync(join(temp, `${name}.json`), JSON.stringify(value));
  const env = {
    GH_REPO: 'team/shop',
    RUN: '1',
    HEAD: 'stranger:change',
    HEAD_REPO: 'stranger/shop',
  };
  output(join(root, '.ci/comment'), [], {
    cwd: temp,
    env: { ...standIns({ gh: GH }), ...env, SHA: 'abc', RUNNER_TEMP: temp, PLACE: temp },
  });
  return ['sent', 'sent.md'].map(name => readText(temp, name));
}

/** The API of GitLab, as far as notes go; the note is kept. */
const CURL = `
for last; do [ "$flag" = --request ] && method=$last; flag=$last; done
case "$last" in
  */user) echo '{ "id": 9 }' ;;
  */notes[?]*) cat "$PLACE/notes.json" ;;
  *) cat >"$PLACE/sent.json" && echo "$method $last" >"$PLACE/sent" ;;
esac
`;

interface Job {
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly cache?: readonly unknown[];
}

function templateJobs(): Readonly<Record<string, Job>> {
  const [, jobs] = loadAll(readText(root, 'templates/rem-secrets.yml'));
  return jobs as Readonly<Record<string, Job>>;
}

/** Runs the job of the template that writes the note, after the job that reviews in the folder. */
function note(folder: string, source: string, notes: readonly object[]): string[] {
  const temp = folderOf([['notes.json', JSON.stringify(notes)]]);
  output(
    'bash',
    ['-eo', 'pipefail', '-c', templateJobs()['rendered-diff-note']?.script.join('\n') ?? ''],
    {
      cwd: folder,
      env: {
        ...standIns({ curl: CURL }),
        PLACE: temp,
        RENDERED_DIFF_TOKEN: 'token',
        CI_API_V4_URL: 'https://gitlab.example.com/api/v4',
        CI_COMMIT_SHA: 'abc',
        CI_MERGE_REQUEST_IID: '7',
        CI_MERGE_REQUEST_PROJECT_ID: '1',
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: source,
        CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: 'stranger/shop',
      },
    },
  );
  const { body }: { readonly body: string } = JSON.parse(readText(temp, 'sent.json'));
  return [readText(temp, 'sent'), body];
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

    const marker = '<!-- rem-secrets -->';
    const [sent, text = ''] = comment(artifact, []);
    expect(sent).toBe('POST repos/team/shop/issues/7/comments\n');
    expect(text.startsWith(`${marker}\n> [!WARNING]\n`)).toBe(true);
    expect(text).toContain('the run of `stranger/shop@abc`. That is a fork');
    expect(text).toContain(`<code>${rule}</code>`);
    const other = { id: 1, user: { login: 'somebody' }, body: marker };
    const own = { id: 2, user: { login: 'github-actions[bot]' }, body: `${marker}\nold` };
    expect(comment(artifact, [other, own])[0]).toBe('PATCH repos/team/shop/issues/comments/2\n');
  });

  test('the template, and the note', () => {
    // The pipeline of a fork runs in the fork, where main is as old as the fork.
    const isFork = name === 'Flux';
    const { origin, fork, left } = forkOf(files, removed);
    if (!isFork) git(origin, 'fetch', '--quiet', fork, 'change:change');
    const folder = cloneOf(isFork ? fork : origin, '--branch', 'change');
    if (isFork) git(folder, 'branch', '--remotes', '--delete', 'origin/main');
    const job = templateJobs()['rendered-diff'];
    expect(job?.cache, 'nothing of another pipeline is restored').toEqual([]);
    const cache = folderOf();
    const script = [...(job?.before_script ?? []), ...(job?.script ?? [])].join('\n');
    const { status, stderr } = run('bash', ['-eo', 'pipefail', '-c', script], {
      cwd: folder,
      env: {
        ...process.env,
        CI_PROJECT_ID: isFork ? '2' : '1',
        CI_MERGE_REQUEST_PROJECT_ID: '1',
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
        CI_MERGE_REQUEST_DIFF_BASE_SHA: left,
        XDG_CACHE_HOME: cache,
        RELEASE: `file://${release}`,
        RELEASE_SHA256: sha256,
        FILE: 'rem-secrets.yaml',
      },
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(readdirSync(cache), 'nothing is kept').toEqual([]);
    const review = readText(folder, 'rendered-diff/review.md');
    expect(review).toContain(rule);
    expect(review, 'what main did meanwhile is no change').not.toContain('meanwhile');

    const [sent, body] = note(folder, isFork ? '2' : '1', []);
    const notes = 'https://gitlab.example.com/api/v4/projects/1/merge_requests/7/notes';
    expect(sent).toBe(`POST ${notes}\n`);
    expect(body).toContain(rule);
    expect(body?.includes('That is a fork')).toBe(isFork);
    const own = { id: 4, system: false, author: { id: 9 }, body };
    expect(note(folder, '1', [own])[0]).toBe(`PUT ${notes}/4\n`);
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

  const place = folderOf([['comments.json', '[]']]);
  const env = { ...standIns({ gh: GH }), PLACE: place };
  const inputs = { ...given, baseline: 'known.yaml', comment: 'true' };
  expect(runAction(folder, inputs, own, env)).toMatchObject({ status: 0, stderr: '' });
  expect(readText(place, 'sent')).toBe('POST repos/team/shop/issues/7/comments\n');
  expect(readText(place, 'sent.md')).toContain('rem-secrets: no risks');
  expect(runAction(folder, inputs, { 'github.event_name': 'push' })).toMatchObject({
    status: 0,
    summary: '',
    used: [],
  });
});

test('the lint of the template reports to GitLab what is new', () => {
  const folder = repositoryOf({ ...FLUX, 'apps/shop/cluster.yaml': `${CLUSTER}---\n${WEB}` });
  const { before_script: before, script } = templateJobs()['rem-secrets-lint'] ?? {
    before_script: [],
    script: [],
  };
  const lint = (baseline: string): Ran =>
    run('bash', ['-eo', 'pipefail', '-c', [...before, ...script].join('\n')], {
      cwd: folder,
      env: {
        ...process.env,
        RELEASE: `file://${release}`,
        RELEASE_SHA256: sha256,
        PATHS: 'apps clusters',
        BASELINE: baseline,
        FILE: 'rem-secrets.yaml',
      },
    });
  expect(lint('')).toMatchObject({ status: 1, stdout: expect.stringContaining('1 error') });
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
