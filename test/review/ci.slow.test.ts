import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** A clone of a repository, at a branch that removes a file. */
function branchOf(files: Readonly<Record<string, string>>, removed: string): string {
  const origin = repositoryOf(files);
  git(origin, 'switch', '--quiet', '--create', 'change');
  commit(origin, { [removed]: undefined });
  const clone = folderOf([]);
  git(clone, 'clone', '--quiet', '--branch', 'change', `file://${origin}`, '.');
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

/** Runs the steps of the action that have scripts, with inputs; the last one ends as they do. */
function runAction(folder: string, inputs: Readonly<Record<string, string>>): Ran {
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
  return { ...last, stdout: readFileSync(summary, 'utf8') };
}

describe.for(CASES)('%s', ([, files, removed, rule]) => {
  test('the action', () => {
    const folder = branchOf(files, removed);
    const { status, stdout, stderr } = runAction(folder, {
      base: 'refs/remotes/origin/main',
      file: 'rem-secrets.yaml',
      release: `file://${release}`,
      sha256,
    });
    expect(stderr).toBe('');
    expect(stdout).toContain(`<code>${rule}</code>`);
    expect(stdout).toContain('cluster-removed');
    expect(status).toBe(1);
  });

  test('the template', () => {
    const folder = branchOf(files, removed);
    const [, jobs] = loadAll(readFileSync(join(root, 'ci/gitlab/rendered-diff.yaml'), 'utf8'));
    const { 'rendered-diff': job } = jobs as Record<
      string,
      {
        readonly before_script: readonly string[];
        readonly script: readonly string[];
        readonly variables: Readonly<Record<string, string>>;
        readonly cache: readonly unknown[];
      }
    >;
    expect(job?.cache, 'nothing of another pipeline is restored').toEqual([]);
    const cache = folderOf([]);
    const script = [...(job?.before_script ?? []), ...(job?.script ?? [])].join('\n');
    const { status } = run('bash', ['-eo', 'pipefail', '-c', script], {
      cwd: folder,
      env: {
        ...process.env,
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
        XDG_CACHE_HOME: cache,
        RELEASE: `file://${release}`,
        RELEASE_SHA256: sha256,
        KUSTOMIZE: `file://${kustomize}`,
        KUSTOMIZE_SHA256: digestOf(kustomize),
      },
    });
    expect(status).toBe(1);
    expect(readdirSync(cache), 'nothing is kept').toEqual([]);
    expect(readFileSync(join(folder, 'rendered-diff/review.md'), 'utf8')).toContain(rule);
  });
});

test('a package with another digest is not installed', () => {
  const folder = branchOf(FLUX, 'clusters/prod/shop.yaml');
  const { status, stdout, stderr } = runAction(folder, {
    base: 'refs/remotes/origin/main',
    file: 'rem-secrets.yaml',
    release: `file://${release}`,
    sha256: digestOf(kustomize),
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('did NOT match');
});
