import { expect, test } from 'vitest';
import { keys, lint, reads, store, stream, web } from './shop.ts';

const CONFIG = '.rem-secrets-lint.yaml';

/** The Deployment with an annotation; nothing makes its Secret. */
function accepting(...lines: readonly string[]): string {
  const text = lines.map(line => `      ${line}\n`).join('');
  return web.replace("'true'\n", `'true'\n    rem-secrets.io/accept: |\n${text}`);
}

/** What is found in the Deployment, with what the annotation takes away. */
function found(...lines: readonly string[]): readonly string[] {
  return lint([], ['-'], accepting(...lines)).found;
}

const open = (line: number): string => `stdin:${line}:50 unknown-secret`;
const unused = 'stdin:9:7 unused-acceptance';

test('an annotation accepts the findings of a rule about its object, with a reason', () => {
  expect(lint([], ['-'], accepting('unknown-secret: made by hand: see the runbook'))).toEqual({
    status: 0,
    found: [],
    summary: 'no findings in 1 object; 1 accepted',
  });
});

test.for<[string, string[], string[]]>([
  ['has no reason', ['unknown-secret:'], [unused, open(20)]],
  ['has no colon', ['unknown-secret'], [unused, open(20)]],
  ['names no rule', ['unknown-secrt: by hand'], [unused, open(20)]],
  ['names another rule', ['missing-reload: by hand'], [unused, open(20)]],
  ['names one rule too many', ['missing-reload: a', 'unknown-secret: by hand'], [unused]],
  ['says nothing', [''], [open(20)]],
])('an annotation that %s accepts nothing, and is told', ([, lines, expected]) => {
  expect(found(...lines)).toEqual(expected);
});

test('an annotation says nothing about other objects', () => {
  const other = web.replace('name: web\n', 'name: worker\n');
  expect(lint([], ['-'], stream(accepting('unknown-secret: by hand'), other)).found).toEqual([
    open(39),
  ]);
});

/** What is found in the Deployment, beside a config with these entries. */
function withEntries(...entries: readonly string[]): ReturnType<typeof lint> {
  const config = `accept:\n${entries.map(entry => `  - { ${entry} }\n`).join('')}`;
  const files = [
    ['web.yaml', web],
    [CONFIG, config],
  ] as const;
  return lint(files, ['web.yaml']);
}

const known = 'rule: unknown-secret, reason: made by hand';

test.for(['Deployment/shop/web', 'Deployment/web', 'Deployment/*/web', 'Deploy*/sh?p/*', '*/*'])(
  'an entry of the config accepts the findings about %s',
  object => {
    expect(withEntries(`${known}, object: '${object}'`)).toEqual({
      status: 0,
      found: [],
      summary: 'no findings in 1 object; 1 accepted',
    });
  },
);

test.for([
  'Deployment/test/web',
  'Deployment/shop/we',
  'StatefulSet/shop/web',
  'deployment/shop/web',
  'web',
])('an entry about %s accepts nothing, and is told at its object', object => {
  expect(withEntries(`object: ${object}, ${known}`)).toEqual({
    status: 1,
    found: [`${reads} unknown-secret`, `${CONFIG}:2:15 unused-acceptance`],
    summary: '1 error, 1 warning in 1 object',
  });
});

test('an entry without a reason, or of a rule that is none, accepts nothing', () => {
  const object = 'object: Deployment/web';
  expect(withEntries(`${object}, rule: unknown-secret`).found).toEqual([
    `${reads} unknown-secret`,
    `${CONFIG}:2:5 unused-acceptance`,
  ]);
  expect(withEntries(`${object}, rule: unknown-secret, reason: ' '`).found).toHaveLength(2);
  expect(withEntries(`rule: unknown-secrt, ${object}, reason: a`).found).toEqual([
    `${reads} unknown-secret`,
    `${CONFIG}:2:13 unused-acceptance`,
  ]);
});

test('what accepts something in one overlay is of use, though it does nothing in another', () => {
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
  expect(lint(files, ['dev', 'prod'])).toEqual({
    status: 0,
    found: [],
    summary: 'no findings in 6 objects; 1 accepted',
  });
  expect(lint(files, ['prod']).found).toEqual(['prod/kustomization.yaml:1:1 unused-acceptance']);
});
