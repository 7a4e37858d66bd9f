import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { secretValues } from '../../generator/spec/parse.ts';
import { type Ran, root, runKrm } from '../machine.ts';
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

const hex = (length: number): string => random(length, '0123456789abcdef');
const capitals = (length: number): string => random(length, `${upper}234567`);
const token = (prefix: string, length: number): string => `${prefix}${random(length)}`;
const key = (kind: string): string =>
  `-----BEGIN ${kind}PRIVATE ${'KEY'}-----\n${random(64)}\n-----END ${kind}PRIVATE ${'KEY'}-----\n`;
const webToken = () => [`ey${'J'}${random(20)}`, `ey${'J'}${random(40)}`, random(43)].join('.');
const uuid = (): string => [hex(8), hex(4), `4${hex(3)}`, `a${hex(3)}`, hex(12)].join('-');

/** Shapes that are a secret under any name. */
const SHAPES: readonly (readonly [what: string, value: string])[] = [
  ['OpenAI, old', token('s' + 'k-', 48)],
  ['OpenAI, project', `${token('s' + 'k-proj-', 40)}_${random(40)}-${random(40)}`],
  ['Anthropic', `${token('s' + 'k-ant-api03-', 60)}-${random(20)}AA`],
  ['OpenRouter', `s${'k'}-or-v1-${hex(64)}`],
  ['DeepSeek', `s${'k'}-${hex(32)}`],
  ['Cerebras', token('cs' + 'k-', 48)],
  ['Groq', token('gs' + 'k_', 52)],
  ['xAI', token('xa' + 'i-', 80)],
  ['Hugging Face', token('h' + 'f_', 34)],
  ['Replicate', token('r' + '8_', 37)],
  ['AWS access key', `AK${'IA'}${capitals(16)}`],
  ['AWS session key', `AS${'IA'}${capitals(16)}`],
  ['GitHub personal', token('gh' + 'p_', 36)],
  ['GitHub app', token('gh' + 's_', 36)],
  ['GitHub fine-grained', `${token('github' + '_pat_', 22)}_${random(59)}`],
  ['GitLab', token('gl' + 'pat-', 20)],
  ['Slack bot', `xo${'xb'}-${random(12, '123')}-${random(12, '123')}-${random(24)}`],
  ['Slack app', `xa${'pp'}-1-${random(11)}-${random(13, '123')}-${hex(64)}`],
  [
    'Slack webhook',
    `https://hooks.slack.com/${'services'}/T${capitals(8)}/B${capitals(8)}/${random(24)}`,
  ],
  ['Google API', token('AI' + 'za', 35)],
  ['Google OAuth', token('GOC' + 'SPX-', 28)],
  ['Google access', token('ya' + '29.', 60)],
  ['Stripe', token('s' + 'k_live_', 24)],
  ['Stripe restricted', token('r' + 'k_test_', 24)],
  ['SendGrid', `S${'G'}.${random(22)}.${random(43)}`],
  ['npm', token('np' + 'm_', 36)],
  ['PyPI', token('py' + 'pi-AgEIcHlwaS5vcmc', 80)],
  ['Docker Hub', token('dckr' + '_pat_', 27)],
  ['DigitalOcean', `do${'p'}_v1_${hex(64)}`],
  ['Vault', token('hv' + 's.', 90)],
  ['Doppler', token('dp' + '.st.prd.', 40)],
  ['Grafana', `gl${'sa'}_${random(32)}_${hex(8)}`],
  ['Databricks', `da${'pi'}${hex(32)}`],
  ['Shopify', `shp${'at'}_${hex(32)}`],
  ['Mailgun', `ke${'y'}-${hex(32)}`],
  ['Telegram', `123456789:A${'A'}${random(33)}`],
  ['age', `AGE-SECRET-${'KEY'}-1${capitals(58)}`],
  ['JSON web token', webToken()],
  ['RSA key', key('RSA ')],
  ['PKCS 8 key', key('')],
  ['OpenSSH key', key('OPENSSH ')],
  ['key in base64', Buffer.from(key('EC ')).toString('base64')],
  ['PostgreSQL URL', `postgresql://shop:${random(12)}@shop-db-rw:5432/shop`],
  ['URL with a short password', 'redis://:hunter2@cache:6379/0'],
  ['URL with signs in the password', 'postgres://shop:p/s?s#1:x@db.example.com/shop'],
  ['URL with a user from a variable', 'postgresql://$(DB_USER):hunter2@shop-db-rw/shop'],
  ['URL with a user from a template', 'postgresql://{{ .username }}:hunter2@shop-db-rw/shop'],
  ['URL in a text', 'see https://admin:hunter2@grafana.example.com for more'],
  ['token in a text', `--header=X-Api: ${token('gh' + 'p_', 36)}`],
];

/** Secrets under a name that says so. */
const NAMED: readonly (readonly [name: string, value: string])[] = [
  ['DB_PASSWORD', 'hunter2'],
  ['DB_PASSWORD', 'S3cr3t!'],
  ['POSTGRES__PASSWORD', random(16)],
  ['dbPassword', random(12)],
  ['PGPASSWORD', random(16)],
  ['ADMIN_PASSWD', 'Tr0ub4dor&3'],
  ['JWT_SECRET', hex(32)],
  ['JWT_SECRET', hex(64)],
  ['PHOENIX_SECRET', random(40)],
  ['SESSION_SECRET_KEY', random(50)],
  ['DJANGO_SECRET_KEY', `${random(30)}^$%&*(-_=+${random(8)}`],
  ['API_KEY', random(32)],
  ['API_KEY', uuid()],
  ['apiKey', random(24)],
  ['api-key', random(24)],
  ['LLM__ANTHROPIC_API_KEY', random(40)],
  ['AWS_SECRET_ACCESS_KEY', `${random(20)}/${random(19)}`],
  ['AUTH_TOKEN', random(24)],
  ['AUTH_TOKEN', hex(20)],
  ['ENCRYPTION_KEY', Buffer.from(random(32)).toString('base64')],
  ['client_secret', random(24)],
  ['clientSecret', random(24)],
  ['CREDENTIALS', random(30)],
  ['authorization', `Bearer ${random(32)}`],
  ['authorization', `Basic ${Buffer.from(`shop:${random(16)}`).toString('base64')}`],
  ['DSN', `host=db user=shop password=${random(12)} dbname=shop`],
  ['URL', `https://api.example.com/v1?api_key=${random(24)}&page=1`],
  ['ARGS', `--user=shop --password=${random(12)}`],
];

/** What a spec is full of, and must not be taken for a secret. */
const HARMLESS: readonly (readonly [name: string, value: string])[] = [
  ['HOST', 'shop-db-rw.shop.svc.cluster.local'],
  ['DATABASE_URL', 'postgresql://$(DB_USER):$(DB_PASSWORD)@$(DB_HOST):$(DB_PORT)/$(DB_NAME)'],
  [
    'DATABASE_URL',
    'postgresql://{{ .username | urlquery }}:{{ .password | urlquery | replace "+" "%20" }}@{{ .host }}:5432/shop',
  ],
  ['DATABASE_URL', 'postgresql://shop@shop-db-rw:5432/shop'],
  ['DATABASE_URL', 'postgresql://shop:<password>@shop-db-rw:5432/shop'],
  ['DATABASE_URL', 'postgresql://shop:***@shop-db-rw:5432/shop'],
  ['DATABASE_URL', 'postgresql+asyncpg://%(user)s:%(password)s@db/shop'],
  ['REPLICAS_URL', 'mongodb://mongo-0:27017,mongo-1:27017/shop?replicaSet=rs0'],
  ['BASE_URL', 'https://api.example.com:8443/v1'],
  ['CALLBACK', 'http://api:8080/users/me@example.com'],
  ['CALLBACK', 'http://api:8080?email=me@example.com'],
  ['ENDPOINT', 'http://otel-collector-collector:4318'],
  ['authorization', 'Bearer $'.concat('{env:PHOENIX_API_KEY}')],
  ['authorization', 'Bearer $(API_KEY)'],
  ['EMAIL', 'platform-team@example.com'],
  ['image', `ghcr.io/shop/api:1.2.3@sha256:${hex(64)}`],
  ['IMAGE', `registry.example.com:5000/shop/api@sha256:${hex(64)}`],
  ['checksum/secret', hex(64)],
  ['GIT_COMMIT', hex(40)],
  ['TENANT_ID', uuid()],
  [
    'GOOGLE_CLIENT_ID',
    `1234567890-${random(32, 'abcdefghij0123456789')}.apps.googleusercontent.com`,
  ],
  ['API_KEY_ID', random(24)],
  ['SECRET_NAME', 'rem-llm-api-keys-v2'],
  ['SECRET_STORE', 'aws-parameter-store'],
  ['SECRET_PATH', '/rem/prod/llm/anthropic-api-key'],
  ['secretName', `rem-api-${hex(10)}`],
  ['ownerSecret', 'rem-postgres-owner'],
  ['passwordSecret', 'reporting-login-2024'],
  ['PASSWORD_FILE', '/run/secrets/postgres/password'],
  ['PASSWORD', '/run/secrets/postgres/password'],
  ['PASSWORD', '$(POSTGRES__PASSWORD)'],
  ['PASSWORD', '{{ .password }}'],
  ['PASSWORD', 'disabled'],
  ['PASSWORD_MIN_LENGTH', '12'],
  ['PASSWORD_ENCRYPTION', 'scram-sha-256'],
  ['TOKEN_URL', 'https://login.example.com/oauth2/v2.0/token'],
  ['TOKEN', 'oauth2-proxy-token-v1'],
  ['TOKEN_TTL', '24h0m0s'],
  ['TOKEN_AUDIENCE', 'https://kubernetes.default.svc'],
  ['MAX_TOKENS', '128000'],
  ['API_KEY_HEADER', 'X-Shop-Authorization-Key'],
  ['SECRET', 'arn:aws:iam::123456789012:role/rem-secrets-reader'],
  ['schedule', '0 0 3 * * *'],
  ['MODEL', 'sk-learn-pipeline-worker-blue'],
  ['MODEL', 'claude-sonnet-4-20250514'],
  ['PIPELINE', 'pypi-mirror-internal-service-europe'],
  ['FEATURES', 'one-click-checkout,express-shipping,gift-cards-2024'],
  ['CERTIFICATE', '-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE\n-----END CERTIFICATE-----\n'],
  ['caBundle', Buffer.from(`-----BEGIN CERTIFICATE-----\n${random(200)}`).toString('base64')],
  ['PUBLIC_KEY', `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${random(40)} shop@example.com`],
  ['ARGS', '--password-file=/run/secrets/password --token=$(TOKEN)'],
  ['ARGS', '--default-tls-secret=shop/wildcard-example-com'],
  ['fully.qualified', 'com.example.shop.checkout.PaymentServiceConfiguration$Builder'],
  ['KEYS', 'a-very-long-name-of-a-thing-that-is-made-of-words'],
];

const found = (name: string, value: string): string[] =>
  secretValues({ spec: { workloads: { api: { env: { [name]: value } } } } }).map(({ id }) => id);

test.for(SHAPES)('a shape under any name: %s', ([, value]) => {
  expect(found('CITY', value)).toEqual(['secret-value']);
  expect(found('key', value), 'where a name stands').toEqual(['secret-value']);
});

test.for(NAMED)('under a name that says so: %s', ([name, value]) => {
  expect(found(name, value), value).toEqual(['secret-value']);
});

test.for(HARMLESS)('not a secret: %s', ([name, value]) => {
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

const value = token('s' + 'k-ant-api03-', 60);
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
