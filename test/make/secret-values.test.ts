import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { secretValues } from '../../generator/spec/parse.ts';
import { type Ran, root, runKrm, yamlIn } from '../machine.ts';
import { findingsIn, runSpec, specOf } from '../spec-text.ts';

/*
 * Nothing here is a real secret. Each is put together when the test runs, so that no scanner takes
 * this file for one that holds secrets.
 */

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const letters = `${upper}${upper.toLowerCase()}0123456789`;

/** Characters in an order that looks random and is always the same. */
function random(length: number, alphabet: string = letters): string {
  let [text, state] = ['', length * 7919 + 17];
  while (text.length < length) {
    state = (state * 48271) % 2147483647;
    text += alphabet[state % alphabet.length];
  }
  return text;
}

/** What stands in brackets in the file of cases, by the word before the number. */
const FILLED: Readonly<Record<string, (length: number) => string>> = {
  '': length => random(length),
  hex: length => random(length, '0123456789abcdef'),
  capitals: length => random(length, `${upper}234567`),
  digits: length => random(length, '123'),
  lower: length => random(length, 'abcdefghij0123456789'),
  base64: length => Buffer.from(random(length)).toString('base64'),
  uuid: () => uuid(),
};

function filled(text: string): string {
  return text.replaceAll(
    /\[(\w*?) ?(\d*)\]/g,
    (_, word, length) => FILLED[word]?.(Number(length)) ?? '',
  );
}

const hex = (length: number): string => filled(`[hex ${length}]`);
const uuid = (): string => [hex(8), hex(4), `4${hex(3)}`, `a${hex(3)}`, hex(12)].join('-');

type Named = readonly [name: string, value: string];

const cases = yamlIn<Record<string, Named[]>>(import.meta.dirname, 'secret-values.yaml');

function valuesOf(what: string): Named[] {
  return (cases[what] ?? []).map(([name, value]) => [name, filled(value)]);
}

const SHAPES = valuesOf('under any name');

const found = (name: string, value: string): string[] =>
  secretValues({ spec: { workloads: { api: { env: { [name]: value } } } } }).map(({ id }) => id);

test.for(SHAPES)('a shape under any name: %s', ([, value]) => {
  expect(found('CITY', value)).toEqual(['secret-value']);
  expect(found('key', value), 'where a name stands').toEqual(['secret-value']);
});

test.for(valuesOf('under a name that says so'))(
  'under a name that says so: %s',
  ([name, value]) => {
    expect(found(name, value), value).toEqual(['secret-value']);
  },
);

test.for(valuesOf('not a secret'))('not a secret: %s', ([name, value]) => {
  expect(found(name, value), value).toEqual([]);
});

test.for<[string, unknown]>([
  [
    'keys',
    { secrets: { a: { keys: { password: 'shop/db-password-2', token: 'llm/k3y-2024-x' } } } },
  ],
  ['files', { workloads: { a: { mounts: { '/x': { keys: { password: 'p4ssword.txt' } } } } } }],
  [
    'secret',
    { workloads: { a: { env: { PASSWORD: { secret: `login-${hex(10)}`, key: 'p4ssword' } } } } },
  ],
  ['UUIDs as names', { secrets: { [uuid()]: { manual: [uuid()] } } }],
  ['lists', { secrets: { token: { manual: ['jwt-secret-2024', 'PHOENIX_ADMIN_SECRET_V2'] } } }],
  ['pull secrets', { workloads: { a: { imagePullSecrets: [`registry-login-${hex(8)}`] } } }],
  [
    'an option',
    { workloads: { a: { args: ['--password-file', '/run/x1', '--token', '$(TOKEN)'] } } },
  ],
  [
    'remote references',
    {
      secrets: {
        a: {
          patch: {
            ExternalSecret: {
              spec: {
                data: [
                  { secretKey: 'password', remoteRef: { key: 'prod/db-4f2a', property: 'p4ss' } },
                ],
              },
            },
          },
        },
      },
    },
  ],
])('not a secret: %s', ([, spec]) => expect(secretValues({ spec })).toEqual([]));

test('no specs of this repository have one', () => {
  const golden = readdirSync(join(root, 'test/golden')).map(name => `test/golden/${name}`);
  for (const folder of ['.', ...golden]) {
    const text = readFileSync(join(root, folder, 'rem-secrets.yaml'), 'utf8');
    const ids = findingsIn(text).map(({ rule }) => rule);
    expect(
      ids.filter(id => id === 'secret-value'),
      folder,
    ).toEqual([]);
  }
});

const value = filled('s[]k-ant-api03-[60]');
const url = `postgresql://shop:${random(12)}@shop-db-rw/shop`;
const word = random(40);

/** Where people put secrets; each body holds `value` in a way of its own. */
const PLACES: readonly (readonly [where: string, body: (secret: string) => string])[] = [
  ['env', s => `workloads: { api: { image: x, env: { TOKEN: ${s} } } }`],
  ['environment', s => `environments: { dev: { workloads: { api: { env: { TOKEN: ${s} } } } } }`],
  ['args', s => `workloads: { api: { image: x, args: [--token, ${s}] } }`],
  [
    'patch',
    s =>
      `workloads: { api: { image: x, patch: { Deployment: { spec: { template: { spec: { containers: [{ name: api, env: [{ name: TOKEN, value: ${s} }] }] } } } } } } }`,
  ],
  ['template', s => `secrets: { a: { generator: { kind: Password }, template: { token: ${s} } } }`],
  ['a label', s => `secrets: { a: { manual: [x], labels: { token: ${s} } } }`],
  [
    'generator',
    s => `secrets: { a: { generator: { kind: Fake, spec: { data: { token: ${s} } } } } }`,
  ],
  [
    'fake store',
    s => `stores: { a: { provider: { fake: { data: [{ key: token, value: ${s} }] } } } }`,
  ],
  [
    'collector',
    s =>
      `workloads: { a: { kind: OpenTelemetryCollector, config: { exporters: { otlp: { headers: { token: ${s} } } } } } }`,
  ],
  [
    'reference to secret',
    s => `workloads: { api: { image: x, env: { TOKEN: { secret: ${s}, key: a } } } }`,
  ],
  [
    'reference to key',
    s =>
      `secrets: { a: { manual: [b] } }\nworkloads: { api: { image: x, env: { TOKEN: { secret: a, key: ${s} } } } }`,
  ],
  ['a key of the store', s => `secrets: { a: { store: b, keys: { c: ${s} } } }`],
  ['a key made by hand', s => `secrets: { a: { manual: [${s}] } }`],
  ['a name', s => `secrets: { ? ${s} : { manual: [a] } }`],
  ['name in environment', s => `environments: { dev: { secrets: { ? ${s} : { manual: [a] } } } }`],
  ['a variable', s => `workloads: { api: { image: x, env: { ? ${s} : a } } }`],
  ['a field', s => `workloads: { api: { ? ${s} : a } }`],
  ['a kind', s => `workloads: { api: { kind: ${s} } }`],
  ['an image', s => `workloads: { api: { image: ${s} } }`],
  ['an unknown field', s => `workloads: { api: { imgae: ${s} } }`],
  ['the wrong type', s => `workloads: { api: { port: ${s}, command: ${s} } }`],
  ['an environment that is chosen', s => `environment: ${s}\nenvironments: { dev: {} }`],
  ['a namespace', s => `cluster: ${s}`],
];

describe('the value never shows', () => {
  const secrets: readonly (readonly [string, string])[] = [
    ['a token', value],
    ['a URL', url],
    ['a random word', word],
  ];
  test.for(PLACES)('%s', async ([, body]) => {
    for (const [what, secret] of secrets) {
      const quoted = JSON.stringify(secret);
      const text = specOf(`namespace: shop\ncolour: blue\n${body(quoted)}`);
      expect(await shown(text, secret), what).toEqual({});
      if (what === 'a token')
        expect(findingsIn(text).map(({ rule }) => rule)).toContain('secret-value');
      const broken = specOf(`namespace: shop\n${body(quoted)}\nbroken: [`);
      expect(await shown(broken, secret), `${what}, broken after it`).toEqual({});
      const unclosed = specOf(`namespace: shop\n${body(quoted.slice(0, -1))}`);
      expect(await shown(unclosed, secret), `${what}, with an open quote`).toEqual({});
      const twice = specOf(`namespace: shop\nnamespace: other\n${body(quoted)}`);
      expect(await shown(twice, secret), `${what}, beside a name given twice`).toEqual({});
    }
  });

  test.for<[string, (secret: string) => string]>([
    ['an alias', secret => `a: *${secret}`],
    ['a tag', secret => `a: !${secret} b`],
    ['a tag that cannot be', secret => `a: !<${secret}[> b`],
    ['a handle', secret => `a: !${secret}!x b`],
    ['an anchor given twice', secret => `a: &${secret} &${secret} b`],
    ['a directive', secret => `%TAG !x! ${secret}\n%${secret}\n---\na: b`],
    ['a name given twice', secret => `${secret}: 1\n${secret}: 2`],
    ['text before a colon', secret => `a: ${secret}: b`],
    ['a kind', secret => `apiVersion: v1\nkind: ${secret}`],
    ['an apiVersion', secret => `apiVersion: ${secret}\nkind: RemSecrets`],
    ['the document', secret => secret],
  ])('in text that is no spec: %s', async ([, textOf]) => {
    expect(await shown(textOf(value), value)).toEqual({});
  });

  test('on the command line', async () => {
    const { stdout, stderr } = await runSpec(specOf('environments: { dev: {} }'), 'render', value);
    expect(stdout + stderr).not.toContain(value);
  });
});

test('only secrets are reported while there is one', () => {
  const text = specOf(
    `workloads: { api: { colour: blue, env: { A: ${value}, B: { secret: none, key: a } } } }`,
  );
  expect(findingsIn(text)).toMatchObject([
    { rule: 'secret-value', field: 'spec.workloads.api.env.A', at: { line: 5, column: 47 } },
  ]);
});

test('a secret as a name has its place, and its field is hidden', () =>
  expect(findingsIn(specOf(`secrets:\n  ${word}: { manual: [a] }`))).toMatchObject([
    { rule: 'secret-value', field: 'spec.secrets.…', at: { line: 6, column: 5 } },
  ]));

async function shown(text: string, secret: string): Promise<Record<string, string>> {
  const part = secret.slice(-24, -6);
  const runs = [
    ['expand', await runSpec(text, 'expand')],
    ['render', await runSpec(text, 'render', '-o', 'json')],
    ['json', await runSpec(text, '--format', 'json', 'expand')],
    ['environments', await runSpec(text, 'environments')],
    ['function', await runFunction(text)],
  ] as const;
  const all = runs.flatMap(([name, { stdout, stderr }]) => [
    [`${name} stdout`, stdout],
    [`${name} stderr`, stderr],
  ]);
  return Object.fromEntries(all.filter(([, output = '']) => output.includes(part)));
}

/** The function's stderr and results: the config itself goes back to who sent it. */
async function runFunction(text: string): Promise<Ran> {
  const list =
    'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n';
  const ran = await runKrm(list + text.replaceAll(/^(?=.)/gm, '  '));
  return { ...ran, stdout: resultsIn(ran.stdout) };
}

function resultsIn(stdout: string): string {
  const start = stdout.search(/^results:|"results"/m);
  return start < 0 ? '' : stdout.slice(start);
}

// `dump` keeps the helper honest: a value that YAML needs quotes for is quoted in a real spec.
test('values survive YAML', () => {
  for (const [, secret] of SHAPES) {
    const text = specOf(dump({ workloads: { api: { image: 'x', env: { A: secret } } } }));
    expect(findingsIn(text).map(({ rule }) => rule)).toEqual(['secret-value']);
  }
});
