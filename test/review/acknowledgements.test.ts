import { expect, test } from 'vitest';
import { exits, runMain } from '../machine.ts';
import { cnpgCluster } from '../manifests.ts';
import { type Files, repositoryOf, write } from './repository.ts';

const base: Files = {
  'dev/kustomization.yaml': 'resources: [db.yaml]\n',
  'dev/db.yaml': cnpgCluster('db', 'shop-dev'),
  'prod/kustomization.yaml': 'resources: [db.yaml]\n',
  'prod/db.yaml': cnpgCluster('db', 'shop'),
};

async function review(acknowledgements: string, ...args: readonly string[]) {
  const folder = repositoryOf(base);
  for (const path of ['dev/db.yaml', 'prod/db.yaml']) write(folder, path, '# nothing left\n');
  write(folder, '.rem-secrets-review.yaml', acknowledgements);
  const { status, stdout } = await runMain(folder, [...args, 'diff']);
  return { status, stdout };
}

const both = `acknowledge:
  - rule: cluster-removed
    object: Cluster/shop*/db
    reason: the data is in "shop-pg" | since Monday
`;

test('an acknowledged blocker does not fail', async () => {
  expect((await review('')).status).toBe(1);
  expect((await review(both)).status).toBe(0);
});

test('each acknowledged risk is shown with its own reason', async () => {
  const each = `acknowledge:
  - { rule: cluster-removed, object: Cluster/shop/db, reason: it moved }
  - { rule: cluster-removed, object: Cluster/shop-dev/db, reason: nobody needs it }
`;
  const lines = (await review(each)).stdout.split('\n').filter(line => line.includes('reason: '));
  expect(lines).toEqual([
    expect.stringMatching(/^ {2}reason: nobody needs it, /),
    expect.stringMatching(/^ {2}reason: it moved, /),
  ]);
});

test('every format shows it, with its reason and place', async () => {
  const text = (await review(both)).stdout;
  expect(text).toContain('no risks');
  expect(text).toContain('block, acknowledged: Cluster db (dev: shop-dev, prod: shop): ');
  expect(text).toContain('reason: the data is in "shop-pg" | since Monday');
  const { risks, blockers } = JSON.parse((await review(both, '--format', 'json')).stdout);
  expect(blockers).toBe(0);
  expect(risks[0].acknowledged).toMatchObject({
    reason: 'the data is in "shop-pg" | since Monday',
    file: '.rem-secrets-review.yaml',
    line: 2,
    column: 5,
  });
  const markdown = (await review(both, '--format', 'markdown')).stdout;
  expect(markdown).toContain('### rem-secrets: no risks');
  expect(markdown).toContain(
    'reason: the data is in <code>shop-pg</code> &#124; since Monday, <code>.rem-secrets-review.yaml:2:5</code>',
  );
  expect((await review(both, '--format', 'html')).stdout).toContain(
    'the data is in &quot;shop-pg&quot; | since Monday',
  );
  const [run] = JSON.parse((await review(both, '--format', 'sarif')).stdout).runs;
  expect(run.results[0].suppressions[0]).toMatchObject({
    kind: 'external',
    status: 'accepted',
    justification: 'the data is in "shop-pg" | since Monday',
  });
});

test('one of an environment leaves the others', async () => {
  const { stdout } = exits(1, await review(both.replace('reason', 'environment: dev\n    reason')));
  expect(stdout).toMatch(/^block, acknowledged: Cluster shop-dev\/db \(dev\): /m);
  expect(stdout).toMatch(/^block: Cluster shop\/db \(prod\): /m);
});

test.for([
  [
    'an unknown rule',
    both.replace('cluster-removed', 'cluster-remove'),
    '.rem-secrets-review.yaml:2:11: error: there is no rule "cluster-remove"',
    1,
  ],
  [
    'no reason',
    'acknowledge: [{ rule: cluster-removed, object: Cluster/db }]',
    '.rem-secrets-review.yaml:1:15: error: the acknowledgement of "cluster-removed" gives no reason, and so acknowledges nothing',
    1,
  ],
  [
    'a field that is none',
    both.replace('reason', 'because'),
    '.rem-secrets-review.yaml:4:5: error: there is no field "because" here',
    1,
  ],
  ['no YAML', 'acknowledge: [', '.rem-secrets-review.yaml:1:15: error: ', 1],
  [
    'one that covers nothing',
    `${both}  - { rule: cluster-removed, object: Cluster/shop/old, reason: gone }\n`,
    '.rem-secrets-review.yaml:5:5: warning: nothing is acknowledged here: "Cluster/shop/old" has no risk "cluster-removed"',
    0,
  ],
] as const)('%s is said with its place beside the review', async ([, text, message, status]) => {
  const shown = await review(text);
  expect(shown.stdout).toContain(message);
  expect(shown.stdout).toContain('Cluster shop/db');
  expect(shown.status).toBe(status);
});

test('two that cover one risk are both in use', async () => {
  const { stdout } = await review(
    `${both}  - { rule: cluster-removed, object: Cluster/db, reason: also }\n`,
  );
  expect(stdout).not.toContain('nothing is acknowledged');
});

test('--acknowledgements names another file, which has to be there', async () => {
  const folder = repositoryOf(base);
  for (const path of ['dev/db.yaml', 'prod/db.yaml']) write(folder, path, '# nothing left\n');
  write(folder, 'known.yaml', both);
  expect((await runMain(folder, 'diff --acknowledgements known.yaml')).status).toBe(0);
  const { stdout } = exits(1, await runMain(folder, 'diff --acknowledgements absent.yaml'));
  expect(stdout).toContain('error: there is no file absent.yaml');
});
