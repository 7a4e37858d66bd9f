import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packed } from '../installed.ts';
import { folderOf, output, type Ran, root, run, tool } from '../machine.ts';
import { commit, git, repositoryOf } from './repository.ts';

/*
 * The action and the template on repositories of others, as their runners run them: each script in its
 * order, with the package of a release. What a runner itself does (other actions, artifacts) is left out.
 */

const CLUSTER = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: shop-db, namespace: shop }
spec: { instances: 2, storage: { size: 5Gi } }
`;

const FLUX = {
  'clusters/prod/shop.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: shop, namespace: flux-system }
spec: { path: ./apps/shop, prune: true, interval: 1h, sourceRef: { kind: GitRepository, name: flux-system } }
`,
  'apps/shop/kustomization.yaml': 'resources: [cluster.yaml]\nlabels: [{ pairs: { app: shop } }]\n',
  'apps/shop/cluster.yaml': CLUSTER,
};

const ARGO = {
  'argocd/shop.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io] }
spec:
  source: { repoURL: https://git.example.org/shop, path: apps/shop }
  destination: { server: https://kubernetes.default.svc, namespace: shop }
`,
  'apps/shop/kustomization.yaml': 'resources: [cluster.yaml]\nlabels: [{ pairs: { app: shop } }]\n',
  'apps/shop/cluster.yaml': CLUSTER,
};

const CASES = [
  ['Flux', FLUX, 'clusters/prod/shop.yaml', 'flux-kustomization-removed'],
  ['Argo CD', ARGO, 'argocd/shop.yaml', 'application-removed'],
] as const;

let release: string;
let sha256: string;
let kustomize: string;

const place = mkdtempSync(join(tmpdir(), 'rem-secrets-ci-'));

beforeAll(() => {
  release = packed();
  sha256 = digestOf(release);
  kustomize = join(place, 'kustomize.tar.gz');
  output('tar', ['-czf', kustomize, '-C', dirname(tool('kustomize')), 'kustomize']);
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
  commit(origin, { 'apps/meanwhile/config.yaml': MEANWHILE });
  return { origin, fork, left };
}

const MEANWHILE =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: meanwhile, namespace: shop }\n';

function cloneOf(origin: string, ...flags: readonly string[]): string {
  const clone = folderOf([]);
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
  readonly name?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

interface ActionRan extends Ran {
  /** The artifact. */
  readonly artifact: string;
}

/** Runs the steps of the action that have scripts, with inputs; the last one ends as they do. */
function runAction(folder: string, inputs: Readonly<Record<string, string>>): ActionRan {
  const action = load(
    readFileSync(join(root, '.github/actions/rendered-diff/action.yaml'), 'utf8'),
  );
  const { runs } = action as { readonly runs: { readonly steps: readonly Step[] } };
  const temp = folderOf([]);
  const files = { GITHUB_ENV: join(temp, 'env'), GITHUB_OUTPUT: join(temp, 'output') };
  const summary = join(temp, 'summary');
  for (const file of [...Object.values(files), summary]) writeFileSync(file, '');
  const given: Record<string, string> = {
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`inputs.${name}`, value])),
    'github.action_path': join(root, '.github/actions/rendered-diff'),
    'runner.temp': temp,
  };
  const pairs = (file: string): string[][] =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .filter(line => line !== '')
      .map(line => line.split('='));
  const filled = (text: string): string =>
    text.replace(/\$\{\{ (.*?) \}\}/g, (_, key: string) => given[key] ?? `no ${key}`);
  expect(runs.steps.filter(({ uses }) => /cache/.test(uses ?? ''))).toEqual([]);
  let last: Ran = { status: 0, stdout: '', stderr: '' };
  for (const { if: condition, env = {}, run: script } of runs.steps) {
    if (script === undefined || condition === "inputs.release == ''") continue;
    for (const [name = '', value = ''] of pairs(files.GITHUB_OUTPUT))
      given[`steps.review.outputs.${name}`] = value;
    const own = Object.entries(env).map(([name, value]) => [name, filled(value)]);
    const all = { ...process.env, ...files, GITHUB_STEP_SUMMARY: summary };
    last = run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd: folder,
      env: { ...all, ...Object.fromEntries(pairs(files.GITHUB_ENV)), ...Object.fromEntries(own) },
    });
    if (last.status !== 0) break;
  }
  const artifact = join(temp, 'rendered-diff');
  return { ...last, stdout: readFileSync(summary, 'utf8'), artifact };
}

/** A folder with programs that stand in for others, first on the path. */
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

/** Runs the script of the workflow that comments, for a pull request of a fork; what was sent, and as what. */
function comment(artifact: string, comments: readonly object[]): string[] {
  const temp = folderOf([]);
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
  const text = readFileSync(join(root, '.github/workflows/rendered-diff-comment.yaml'), 'utf8');
  const { jobs } = load(text) as {
    readonly jobs: { comment: { readonly steps: readonly Step[] } };
  };
  const [{ run: script = '' } = {}] = jobs.comment.steps;
  const env = {
    GH_REPO: 'team/shop',
    RUN: '1',
    HEAD: 'stranger:change',
    HEAD_REPO: 'stranger/shop',
  };
  output('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: temp,
    env: { ...standIns({ gh: GH }), ...env, SHA: 'abc', RUNNER_TEMP: temp, PLACE: temp },
  });
  return ['sent', 'sent.md'].map(name => readFileSync(join(temp, name), 'utf8'));
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
  const [, jobs] = loadAll(readFileSync(join(root, 'ci/gitlab/rendered-diff.yaml'), 'utf8'));
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
  const { body }: { readonly body: string } = JSON.parse(
    readFileSync(join(temp, 'sent.json'), 'utf8'),
  );
  return [readFileSync(join(temp, 'sent'), 'utf8'), body];
}

describe.for(CASES)('%s', ([name, files, removed, rule]) => {
  test('the action, and the comment on the pull request of a fork', () => {
    const folder = checkoutOf(forkOf(files, removed));
    const { status, stdout, stderr, artifact } = runAction(folder, {
      base: 'refs/remotes/origin/main',
      file: 'rem-secrets.yaml',
      release: `file://${release}`,
      sha256,
    });
    expect(stderr).toBe('');
    expect(stdout).toContain(`<code>${rule}</code>`);
    expect(stdout).toContain('cluster-removed');
    expect(stdout, 'what main did meanwhile is no change').not.toContain('meanwhile');
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
    const cache = folderOf([]);
    const script = [...(job?.before_script ?? []), ...(job?.script ?? [])].join('\n');
    const { status } = run('bash', ['-eo', 'pipefail', '-c', script], {
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
        KUSTOMIZE: `file://${kustomize}`,
        KUSTOMIZE_SHA256: digestOf(kustomize),
      },
    });
    expect(status).toBe(1);
    expect(readdirSync(cache), 'nothing is kept').toEqual([]);
    const review = readFileSync(join(folder, 'rendered-diff/review.md'), 'utf8');
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

test('a package with another digest is not installed', () => {
  const folder = checkoutOf(forkOf(FLUX, 'clusters/prod/shop.yaml'));
  const { status, stdout, stderr } = runAction(folder, {
    base: 'refs/remotes/origin/main',
    file: 'rem-secrets.yaml',
    release: `file://${release}`,
    sha256: digestOf(kustomize),
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('did NOT match');
});
