import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';
import { keys, lint, reads, store, stream, web } from './shop.ts';

const CONFIG = '.rem-secrets-lint.yaml';

function accepting(...lines: readonly string[]): string {
  const text = lines.map(line => `      ${line}\n`).join('');
  return web.replace("'true'\n", `'true'\n    rem-secrets.io/accept: |\n${text}`);
}

const readAt = (line: number): string => `stdin:${line}:50 unknown-secret`;

test('an annotation accepts the findings of a rule about its object, with a reason', async () =>
  expect(await lint([], ['-'], accepting('unknown-secret: made by hand: see the runbook'))).toEqual(
    { status: 0, found: [], summary: 'no findings in 1 object; 1 accepted' },
  ));

test.for<[string, string, string]>([
  ['gives no reason', 'unknown-secret: ', 'the acceptance of "unknown-secret" gives no reason'],
  ['has no colon', 'unknown-secret', 'the acceptance of "unknown-secret" gives no reason'],
  ['names no rule', 'unknown-secrt: by hand', 'there is no rule "unknown-secrt"'],
  ['has another rule', 'missing-reload: by hand', 'the object has no finding of "missing-reload"'],
])('an annotation that %s accepts nothing, and is told so', async ([, line, message]) => {
  const wrong = accepting(line);
  expect((await lint([], ['-'], wrong)).found).toEqual([readAt(20), 'stdin:9:7 unused-acceptance']);
  expect((await runMain(folderOf(), 'lint -', wrong)).stdout).toContain(message);
});

test('each line of an annotation is an acceptance', async () => {
  const two = accepting('missing-reload: by hand', '', 'unknown-secret: by hand');
  expect((await lint([], ['-'], two)).found).toEqual(['stdin:9:7 unused-acceptance']);
  expect((await lint([], ['-'], accepting(''))).found).toEqual([readAt(20)]);
});

test('an annotation says nothing about other objects', async () => {
  const both = stream(
    accepting('unknown-secret: by hand'),
    web.replace('name: web\n', 'name: b\n'),
  );
  expect(await lint([], ['-'], both)).toMatchObject({
    found: [readAt(39)],
    summary: '1 error in 2 objects; 1 accepted',
  });
});

function withEntries(...entries: readonly string[]): ReturnType<typeof lint> {
  const files = [
    ['web.yaml', web],
    [CONFIG, `accept:\n${entries.map(entry => `  - { ${entry} }\n`).join('')}`],
  ] as const;
  return lint(files, ['web.yaml']);
}

const known = 'rule: unknown-secret, reason: made by hand';

test.for(['Deployment/shop/web', 'Deployment/web', 'Deployment/*/web', 'Deploy*/sh?p/*', '*/*'])(
  'an entry of the config accepts the findings about %s',
  async object =>
    expect(await withEntries(`${known}, object: '${object}'`)).toEqual({
      status: 0,
      found: [],
      summary: 'no findings in 1 object; 1 accepted',
    }),
);

test.for([
  'Deployment/test/web',
  'Deployment/shop/we',
  'StatefulSet/shop/web',
  'deployment/shop/web',
  'web',
])('an entry about %s accepts nothing, and is told at its object', async object => {
  expect(await withEntries(`object: ${object}, ${known}`)).toEqual({
    status: 1,
    found: [`${reads} unknown-secret`, `${CONFIG}:2:15 unused-acceptance`],
    summary: '1 error, 1 warning in 1 object',
  });
});

test('an entry without a reason, or of a rule that is none, accepts nothing', async () => {
  const object = 'object: Deployment/web';
  expect((await withEntries(`${object}, rule: unknown-secret`)).found).toEqual([
    `${reads} unknown-secret`,
    `${CONFIG}:2:5 unused-acceptance`,
  ]);
  expect((await withEntries(`${object}, rule: unknown-secret, reason: ' '`)).found).toHaveLength(2);
  expect((await withEntries(`rule: unknown-secrt, ${object}, reason: a`)).found).toEqual([
    `${reads} unknown-secret`,
    `${CONFIG}:2:13 unused-acceptance`,
  ]);
});

test('what accepts something in one overlay is of use, though it does nothing in another', async () => {
  const rename = `patches:
  - target: { kind: ExternalSecret }
    patch: '[{ "op": "replace", "path": "/spec/data/0/secretKey", "value": "code" }]'
`;
  const files = [
    ['base/kustomization.yaml', 'resources: [shop.yaml]\n'],
    ['base/shop.yaml', stream(store, keys, accepting('unknown-secret-key: mended by hand in dev'))],
    ['dev/kustomization.yaml', `resources: [../base]\n${rename}`],
    ['prod/kustomization.yaml', 'resources: [../base]\n'],
  ] as const;
  expect(await lint(files, ['dev', 'prod'])).toEqual({
    status: 0,
    found: [],
    summary: 'no findings in 6 objects; 1 accepted',
  });
  expect((await lint(files, ['prod'])).found).toEqual(['base/shop.yaml:25:7 unused-acceptance']);
});
