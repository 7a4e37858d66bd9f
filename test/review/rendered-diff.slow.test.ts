import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Review } from '../../generator/diff/review.ts';
import type { Ran } from '../machine.ts';
import { expectStderr, folderOf, lastingFolder, root, run, runMain, tool } from '../machine.ts';
import { namespaceOf } from '../manifests.ts';
import { commit, git, repositoryOf, write } from './repository.ts';

const own = readFileSync(join(root, 'rem-secrets.yaml'), 'utf8');

/** What a script leaves behind. */
interface Reviewed extends Pick<Ran, 'status' | 'stderr'> {
  readonly json: Pick<Review, 'environments' | 'risks' | 'changes' | 'secrets'> & {
    readonly blockers: number;
  };
  readonly markdown: string;
  readonly html: string;
  readonly sarif: { readonly results: readonly { readonly ruleId: string }[] };
}

/** The repository's own spec with its tree, committed on main; each change is a branch of it. */
const folder = lastingFolder();
beforeAll(async () => {
  tool('kustomize');
  repositoryOf({ 'rem-secrets.yaml': own }, folder);
  cpSync(join(root, 'components'), join(folder, 'components'), { recursive: true });
  await commitSpec(folder, own);
});

async function commitSpec(folder: string, spec: string): Promise<void> {
  write(folder, 'rem-secrets.yaml', spec);
  const { status, stderr } = await runMain(folder, 'expand');
  expect(status, stderr).toBe(0);
  commit(folder, {});
}

function edited(spec: string, ...edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  }, spec);
}

/** Builds of main are those of the change before, as for a person who reviews several. */
const env = { ...process.env, XDG_CACHE_HOME: lastingFolder() };

function script(cwd: string, ...args: readonly string[]): Ran {
  return run(join(root, '.ci/rendered-diff'), args, { cwd, env });
}

function review(cwd: string): Reviewed {
  const out = join(folderOf(), 'out');
  const { status, stderr } = script(cwd, 'main', out);
  const read = (kind: string): string => readFileSync(join(out, `review.${kind}`), 'utf8');
  return {
    status,
    stderr,
    json: JSON.parse(read('json')),
    markdown: read('md'),
    html: read('html'),
    sarif: JSON.parse(read('sarif')).runs[0],
  };
}

async function reviewOf(spec: string, acknowledgements?: string): Promise<Reviewed> {
  git(folder, 'switch', '--quiet', '--force-create', 'change', 'main');
  if (acknowledgements !== undefined) write(folder, '.rem-secrets-review.yaml', acknowledgements);
  await commitSpec(folder, spec);
  return review(folder);
}

/** `changed ExternalSecret rem-llm-api-keys`, once for all environments. */
function changesOf({ json }: Reviewed): string[] {
  const names = json.changes.flatMap(({ what, objects }) =>
    objects.map(({ kind, name }) => `${what} ${kind} ${name}`),
  );
  return [...new Set(names)].sort();
}

function fieldsOf({ json }: Reviewed): string[] {
  const fields = json.changes.flatMap(change => change.fields);
  return [...new Set(fields.map(({ field, base, head }) => `${field}: ${base} → ${head}`))].sort();
}

function effectOn({ json }: Reviewed, name: string): object | undefined {
  const effect = json.secrets.find(({ base, head }) => (head ?? base)?.name === name);
  if (effect === undefined) return undefined;
  const { addedKeys, removedKeys, isSourceChanged } = effect;
  return { addedKeys, removedKeys, isSourceChanged };
}

test('a key is added: nothing blocks', async () => {
  const added = await reviewOf(
    edited(own, [
      'openai-api-key: llm/openai-api-key\n',
      'openai-api-key: llm/openai-api-key\n        mistral-api-key: llm/mistral-api-key\n',
    ]),
  );
  expect(added).toMatchObject({ status: 0, stderr: '' });
  expect(changesOf(added)).toEqual(['changed ExternalSecret rem-llm-api-keys']);
  expect(effectOn(added, 'rem-llm-api-keys')).toMatchObject({
    addedKeys: ['mistral-api-key'],
    removedKeys: [],
  });
  expect(added.markdown).toContain('<!-- rem-secrets -->\n### rem-secrets: no risks\n');
  expect(added.markdown).toContain('<code>+mistral-api-key</code>');
  expect(added.html).toContain('mistral-api-key');
});

test('a secret is renamed with its reader: one entry, and nothing blocks', async () => {
  const renamed = await reviewOf(edited(own, ['rem-oauth-creds', 'rem-login-creds']));
  expect(renamed).toMatchObject({ status: 0, stderr: '' });
  expect(changesOf(renamed)).toEqual([
    'changed Deployment rem-api',
    'replaced ExternalSecret rem-login-creds',
  ]);
  expect(renamed.markdown).toContain(
    'replaced <code>ExternalSecret rem-api/rem-login-creds</code>, was <code>ExternalSecret rem-api/rem-oauth-creds</code> (<code>dev</code>)',
  );
});

test('the database is renamed: it blocks in every environment, though all readers follow', async () => {
  const renamed = await reviewOf(edited(own, ['rem-postgres', 'rem-pg']));
  expect(renamed.status).toBe(1);
  const risk = renamed.json.risks.find(({ rule }) => rule === 'cluster-removed');
  expect(risk).toMatchObject({
    level: 'block',
    message: expect.stringContaining('becomes "rem-pg", which starts with an empty database'),
    environments: ['dev', 'prod', 'staging'],
  });
  expect(renamed.markdown).toMatch(/^### rem-secrets: \d+ blockers?\b/m);
  expect(renamed.markdown).toContain('**<code>cluster-removed</code>**');
  const [first] = renamed.sarif.results.filter(({ ruleId }) => ruleId === 'cluster-removed');
  expect(JSON.stringify(first)).toContain('"uri":"rem-secrets.yaml"');
});

test('a path is rotated: the values may change, wherever the Secret is read', async () => {
  const rotated = await reviewOf(
    edited(own, ['openai-api-key: llm/openai-api-key', 'openai-api-key: llm/openai-api-key-2']),
  );
  expect(rotated).toMatchObject({ status: 0, stderr: '' });
  expect(fieldsOf(rotated)).toEqual([
    'spec.data[openai-api-key].remoteRef.key: /rem-staging/llm/openai-api-key → /rem-staging/llm/openai-api-key-2',
    'spec.data[openai-api-key].remoteRef.key: /rem/llm/openai-api-key → /rem/llm/openai-api-key-2',
  ]);
  expect(effectOn(rotated, 'rem-llm-api-keys')).toEqual({
    addedKeys: [],
    removedKeys: [],
    isSourceChanged: true,
  });
  expect(rotated.markdown).toContain(
    '@@ spec.data[openai-api-key].remoteRef.key @@\n- /rem/llm/openai-api-key\n+ /rem/llm/openai-api-key-2\n',
  );
});

test('a store is switched: the same Secret, from elsewhere', async () => {
  const switched = await reviewOf(
    edited(
      own,
      [
        '    kubernetes-secrets:\n      kubernetes: {}\n',
        '    kubernetes-secrets:\n      kubernetes: {}\n    vault-of-aws:\n      aws: { service: SecretsManager, region: us-east-1, prefix: rem }\n',
      ],
      [
        '    rem-phoenix-api-key:\n      store: aws-parameter-store',
        '    rem-phoenix-api-key:\n      store: vault-of-aws',
      ],
    ),
  );
  expect(fieldsOf(switched)).toContain(
    'spec.secretStoreRef.name: aws-parameter-store → vault-of-aws',
  );
  expect(effectOn(switched, 'rem-phoenix-api-key')).toMatchObject({ isSourceChanged: true });
  expect(changesOf(switched)).toContain('added ClusterSecretStore vault-of-aws');
});

const withoutStaging = own.replace(/^ {4}staging:\n(?: {6}.*\n)+/m, '');

test('an environment is deleted: its database is left behind, the others stay as they are', async () => {
  expect(withoutStaging).not.toBe(own);
  const deleted = await reviewOf(
    withoutStaging,
    'acknowledge: [{ rule: cluster-removed, object: Cluster/rem-staging/*, environment: staging, reason: nobody uses it }]\n',
  );
  expect({ status: deleted.status, blockers: deleted.json.blockers }).toEqual({
    status: 0,
    blockers: 0,
  });
  expect(deleted.json.environments.find(({ name }) => name === 'staging')).toMatchObject({
    presence: 'only base',
    added: 0,
  });
  expect(deleted.json.environments.find(({ name }) => name === 'prod')).toMatchObject({
    presence: 'both',
    removed: 0,
    changed: 0,
  });
  expect(deleted.markdown).toContain('<code>staging</code> (removed');
  expect(changesOf(deleted)).toContain('removed Application rem-staging');
  expect(deleted.json.risks.find(({ rule }) => rule === 'cluster-removed')).toMatchObject({
    environments: ['staging'],
    // Its Application goes too, and nobody is left to prune.
    outcome: 'left running: Application "rem-staging" is removed without the cascade finalizer',
    acknowledged: { reason: 'nobody uses it' },
  });
  expect(deleted.markdown).toContain('nobody uses it');
});

test('what main did meanwhile is no change of the branch', () => {
  const folder = repositoryOf({ 'a.yaml': namespaceOf('a') });
  git(folder, 'switch', '--quiet', '--create', 'change');
  commit(folder, { 'b.yaml': namespaceOf('b') });
  git(folder, 'switch', '--quiet', 'main');
  commit(folder, { 'c.yaml': namespaceOf('c') });
  git(folder, 'switch', '--quiet', 'change');
  expect(changesOf(review(folder))).toEqual(['added Namespace b']);
});

test('without a common commit nothing is compared, and it is said what to fetch', () => {
  const folder = repositoryOf({ 'a.yaml': namespaceOf('a') });
  expect(script(folder, 'main', 'out').status).toBe(0);
  git(folder, 'switch', '--quiet', '--orphan', 'other');
  commit(folder, { 'a.yaml': namespaceOf('a') });
  for (const base of ['main', 'nowhere'])
    expectStderr(script(folder, base, 'out2'), 2, `${base} and HEAD have no commit in common here`);
});
