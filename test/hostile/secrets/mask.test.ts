import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../generator/core/json.ts';
import { maskMessage } from '../../../generator/core/mask.ts';
import { shownAt } from '../../../generator/report/mask.ts';

/** A secret as people choose them: nothing but the place gives it away. */
const C = 'hunter2-7x';

const env = (name: string, value: Json): JsonObject => ({
  kind: 'Deployment',
  spec: { template: { spec: { containers: [{ name: 'a', env: [{ name, value }] }] } } },
});
const args = (...words: string[]): JsonObject => ({
  kind: 'Deployment',
  spec: { containers: [{ name: 'a', args: words }] },
});
const cm = (key: string, text: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  data: { [key]: text },
});
const cr = (spec: Json): JsonObject => ({ apiVersion: 'x.io/v1', kind: 'Thing', spec });
const ann = (key: string, text: string): JsonObject => ({
  kind: 'Service',
  metadata: { annotations: { [key]: text } },
});

const hidden: readonly (readonly [what: string, object: JsonObject])[] = [
  ['a field of a custom resource', cr({ adminPassword: C })],
  ['fields of a custom resource', cr({ apiKey: C, credentials: { pass: C }, token: C })],
  ['passwords map', cr({ passwords: { alice: C } })],
  ['password.value', cr({ password: { value: C } })],
  ['creds list', cr({ users: [{ name: 'a', password: C }] })],
  ['tokens list', cr({ tokens: [C, C] })],
  [
    'helm.valuesObject',
    {
      kind: 'Application',
      spec: {
        source: {
          helm: {
            valuesObject: { auth: { adminPassword: C }, secret: { x: C }, secrets: { a: C } },
          },
        },
      },
    },
  ],
  [
    'helm values',
    {
      kind: 'Application',
      spec: {
        source: {
          helm: {
            values: `auth:\n  adminPassword: ${C}\ncredentials:\n  alice: ${C}\nenv:\n  - name: ADMIN_PW\n    value: ${C}\n# password: ${C}\nhost: db\n`,
          },
        },
      },
    },
  ],
  [
    'helm params',
    {
      kind: 'Application',
      spec: { source: { helm: { parameters: [{ name: 'auth.adminPassword', value: C }] } } },
    },
  ],
  ['helmrelease', { kind: 'HelmRelease', spec: { values: { grafana: { adminPassword: C } } } }],
  [
    'arguments',
    args(
      `--password=${C}`,
      '--api-token',
      C,
      '-p',
      `-Dspring.datasource.password=${C}`,
      '-u',
      `admin:${C}`,
      '-H',
      `Authorization: Bearer ${C}`,
    ),
  ],
  [
    'a shell',
    {
      kind: 'Job',
      spec: {
        containers: [
          {
            command: [
              'sh',
              '-c',
              `mysql -uroot -p${C} -h db; PGPASSWORD=${C} psql -h x --password ${C} && curl -u bob:${C} http://x -H "X-Api-Key: ${C}" -H "Authorization: Basic ${C}"`,
            ],
          },
        ],
      },
    },
  ],
  ['mysql', { kind: 'Job', spec: { containers: [{ command: ['mysql', '-uroot', `-p${C}`] }] } }],
  [
    'redis',
    { kind: 'Job', spec: { containers: [{ command: ['redis-cli', '-h', 'x', '-a', C] }] } },
  ],
  ['ADMIN_PW', env('ADMIN_PW', C)],
  ['PIN', env('PIN', C)],
  ['jwt', env('JWT_SECRET', C)],
  ['a number', cr({ pin: 9041337 })],
  ['a connection string', env('DB', `Server=db;Database=x;User Id=app;Password=${C};Encrypt=true`)],
  ['libpq', env('DB', `host=db password=${C} user=y`)],
  ['dsn', env('DB', `app:${C}@tcp(db:3306)/x`)],
  ['redis url', env('U', `redis://:${C}@h:6379/0`)],
  ['amqp', env('U', `amqp://u:${C}@h/v`)],
  ['bare', env('U', `app:${C}@db.example.com:5432/x`)],
  ['jdbc', env('U', `jdbc:postgresql://db/x?user=a&password=${C}&ssl=true`)],
  ['query', env('U', `https://x/y?token=${C}#a`)],
  ['jaas', env('K', `org.x.Login required username="u" password="${C}";`)],
  ['dsn http', env('SENTRY_DSN', `https://${C}@o1.ingest.sentry.io/1`)],
  [
    'JSON in an annotation',
    ann('cfg', `{"user":"a","password":"${C}","list":[{"name":"token","value":"${C}"}]}`),
  ],
  ['basic auth in an annotation', ann('x/basic-auth', `admin:${C}`)],
  [
    'remoteref',
    {
      kind: 'ExternalSecret',
      spec: { data: [{ secretKey: 'password', remoteRef: { key: `shop?password=${C}` } }] },
    },
  ],
  [
    '.properties',
    cm('app.properties', `a=b\nspring.datasource.password=${C} x ${C}\nc=d\npassword:${C}\n`),
  ],
  ['INI', cm('x.ini', `[db]\nhost = h\npassword = ${C}\n; token = ${C}\n`)],
  ['TOML', cm('x.toml', `[a]\npassword = "${C}"\npin = 12345\nkeys = "x"\n`)],
  [
    'JSON',
    cm(
      'x.json',
      `{\n "db": {"password": "${C}", "port": 5432},\n "pin": 99${C.length}31,\n "tokens": ["${C}", "a${C}"]\n}`,
    ),
  ],
  ['.env', cm('.env', `export ADMIN_PW='${C} ${C}'\nHOST=x\nPIN=${C}\n`)],
  ['pgpass', cm('pgpass', `db:5432:x:app:${C}\n*:*:*:a:${C}`)],
  ['netrc', cm('netrc', `machine x login a password ${C}\n`)],
  ['htpasswd', cm('users', `admin:$apr1$abcdefgh$${C.replace('-', '')}aaaa\n`)],
  ['htpasswd plain', cm('htpasswd', `admin:${C}`)],
  ['yaml block', cm('x.yaml', `a: 1\npassword: |\n  ${C}\n  ${C}\nb: 2\n`)],
  ['yaml list', cm('x.yaml', `passwords:\n  - ${C}\n  - ${C}\nb: [a\n`)],
  [
    'xml',
    cm('x.xml', `<a><password>${C}</password><property name="db.password" value="${C}"/></a>`),
  ],
  ['sql', cm('x.sql', `CREATE USER a WITH PASSWORD '${C}';\nCREATE USER b IDENTIFIED BY '${C}';`)],
  [
    'redis.conf',
    cm('redis.conf', `port 1\nrequirepass ${C}\nmasterauth ${C}\nuser default on >${C} ~*\n`),
  ],
  [
    'secret in list',
    {
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Secret', stringData: { a: C } }],
    },
  ],
  [
    'manifest text',
    cm('x.yaml', `apiVersion: v1\nkind: Secret\nstringData:\n  a: ${C}\n  b: |\n    x\n    ${C}\n`),
  ],
  ['webhook', env('SLACK_WEBHOOK_URL', `https://hooks.example.com/services/${C}`)],
  [
    'template json',
    {
      kind: 'PushSecret',
      spec: {
        template: {
          data: {
            a: `x ${C} {{ .a }}`,
            b: `{{ .u | default "${C}" }}`,
            c: '{{ .u | default "swordfish" }}',
          },
        },
      },
    },
  ],
  [
    'sealed',
    {
      kind: 'SealedSecret',
      spec: { template: { data: { a: C }, stringData: { b: C } }, encryptedData: { a: C } },
    },
  ],
  ['default var', env('PASSWORD', `\${DB_PASSWORD:-${C}}`)],
  ['multi-at', env('DSN', `postgres://a:p@${C}@h/x`)],
  ['json patch', cr({ patches: [{ op: 'replace', path: '/spec/password', value: C }] })],
  ['kustomize patch', cr({ patch: `- op: replace\n  path: /spec/password\n  value: ${C}\n` })],

  [
    'nginx',
    cm(
      'n.conf',
      `proxy_set_header Authorization "Bearer ${C}";\nproxy_set_header Authorization "Basic ${C}";`,
    ),
  ],
  ['url tpl', env('U', `postgres://{{ .user }}:${C}@h/x`)],
  ['quoted nl', cm('x', `a=b\npassword="${C}\n ${C}"\nc=d`)],
  ['a line that goes on', cm('x.properties', `password=${C}\\\n  ${C}\nc=d`)],
  ['JSON in a variable', env('OIDC', `{"client_secret":"${C}"}`)],
  ['escaped', ann('x', `"{\\"password\\":\\"${C}\\"}"`)],
  ['literal', args('kubectl', 'create', 'secret', 'generic', 'x', `--from-literal=foo=${C}`)],
  ['set', args('--set', `auth.password=${C},a=b`)],
];

test.for(hidden)('hidden: %s', ([, object]) => {
  const text = JSON.stringify(shownAt(object));
  for (const secret of [C, 'swordfish', '9041337']) expect(text).not.toContain(secret);
  expect(text).toContain('(hidden)');
});

const open: readonly (readonly [what: string, object: JsonObject])[] = [
  ['an image with a digest', env('IMAGE', `ghcr.io/acme/auth:1.2@sha256:${'ab'.repeat(32)}`)],
  [
    'images',
    {
      kind: 'Deployment',
      spec: {
        containers: [{ image: 'ghcr.io/acme/auth:1.2' }, { image: 'registry:5000/token:1' }],
      },
    },
  ],
  [
    'settings about secrets',
    cr({
      tokenTtl: '1h',
      passwordSecretName: 'x',
      secretName: 'y',
      publicKey: 'k',
      keyRef: 'r',
      automountServiceAccountToken: false,
      passwordSecret: { name: 'a', key: 'password' },
      existingSecret: 'x-y',
    }),
  ],
  [
    'strimzi',
    cr({
      authentication: { type: 'scram', passwordSecret: { secretName: 'a', password: 'pw-key' } },
    }),
  ],
  [
    'volumes',
    {
      kind: 'Deployment',
      spec: {
        volumes: [
          { name: 'x', secret: { secretName: 'tok', items: [{ key: 'token', path: 'password' }] } },
          {
            projected: {
              sources: [
                {
                  serviceAccountToken: { audience: 'vault', expirationSeconds: 600, path: 'token' },
                },
              ],
            },
          },
        ],
      },
    },
  ],
  [
    'a CNPG Cluster',
    {
      kind: 'Cluster',
      apiVersion: 'postgresql.cnpg.io/v1',
      spec: {
        bootstrap: { initdb: { owner: 'a', secret: { name: 'x' } } },
        superuserSecret: { name: 's' },
        certificates: { serverCASecret: 'ca', serverTLSSecret: 't' },
        externalClusters: [{ name: 'a', password: { name: 's', key: 'password' } }],
      },
    },
  ],
  [
    'ExternalSecret',
    {
      kind: 'ExternalSecret',
      spec: {
        secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
        data: [
          { secretKey: 'password', remoteRef: { key: 'shop/api-token', property: 'password' } },
        ],
        target: {
          template: {
            data: {
              url: '{{ .user }}:{{ .password | urlquery | replace "+" "%20" }}@{{ index . "host" }}',
            },
          },
        },
      },
    },
  ],
  [
    'a SecretStore',
    {
      kind: 'SecretStore',
      spec: {
        provider: {
          vault: {
            auth: {
              kubernetes: {
                mountPath: 'kubernetes',
                role: 'shop',
                serviceAccountRef: { name: 'x' },
                secretRef: { name: 'a', key: 'token' },
              },
              tokenSecretRef: { name: 'a', key: 'token' },
            },
          },
          aws: {
            auth: {
              secretRef: {
                accessKeyIDSecretRef: { name: 'a', key: 'b' },
                secretAccessKeySecretRef: { name: 'a', key: 'access-secret' },
              },
            },
            service: 'SecretsManager',
          },
        },
      },
    },
  ],
  [
    'an annotation that names a Secret',
    ann('nginx.ingress.kubernetes.io/auth-secret', 'basic-auth'),
  ],
  [
    'annotations with digests and names',
    {
      metadata: {
        annotations: {
          'checksum/secret': 'ab'.repeat(32),
          'secret.reloader.stakater.com/reload': 'a,b',
          'vault.hashicorp.com/agent-inject-secret-password': 'database/creds/x',
        },
      },
    },
  ],
  [
    'variables',
    {
      kind: 'Deployment',
      spec: {
        containers: [
          {
            env: [
              { name: 'PASSWORD_FILE', value: '/run/x' },
              { name: 'TOKEN_TTL', value: '24h' },
              { name: 'MAX_TOKENS', value: '4096' },
              { name: 'PASSWORD', value: '$(DB_PASSWORD)' },
              { name: 'TOKEN', value: '$'.concat('{TOKEN}') },
              { name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
              { name: 'URL', value: 'postgres://$(U):$(P)@db/x' },
              { name: 'EMAIL', value: 'a@example.com' },
              { name: 'H', value: 'http://api:8080/users/me@example.com' },
              { name: 'M', value: 'mongodb://a:27017,b:27017/x' },
            ],
          },
        ],
      },
    },
  ],
  [
    'arguments',
    args(
      '--token-ttl=1h',
      '--no-password',
      '--host',
      'db',
      '--secret-name=x',
      '--password-file=/x',
      '--user',
      '1000:1000',
      '-p',
      '8080',
    ),
  ],
  [
    'a file of settings',
    cm(
      'x.yaml',
      `tokenTtl: 1h\nserver:\n  port: 80\n# the password is in the Secret\nauthUrl: http://x\n`,
    ),
  ],
  [
    'a ServiceAccount',
    { kind: 'ServiceAccount', secrets: [{ name: 'a' }], imagePullSecrets: [{ name: 'reg-token' }] },
  ],
  ['prose', ann('description', 'Rotates the password of the shop; basic auth is off')],
  [
    'a CSIDriver',
    {
      kind: 'CSIDriver',
      spec: { tokenRequests: [{ audience: 'vault', expirationSeconds: 3600 }] },
    },
  ],
  [
    'a Password generator',
    {
      kind: 'Password',
      spec: { length: 32, digits: 5, symbols: 5, symbolCharacters: '-_', noUpper: false },
    },
  ],
  [
    'SecretProviderClass',
    {
      kind: 'SecretProviderClass',
      spec: {
        secretObjects: [
          { secretName: 'a', type: 'Opaque', data: [{ objectName: 'x', key: 'password' }] },
        ],
        parameters: {
          objects: '- objectName: "password"\n  secretPath: "a/b"\n  secretKey: "password"\n',
        },
      },
    },
  ],
  [
    'names of Secrets in values',
    {
      kind: 'Application',
      spec: {
        source: {
          helm: {
            valuesObject: {
              auth: { existingSecret: 'x', secretKeys: { adminPasswordKey: 'pw' } },
              image: { pullSecrets: ['a'] },
            },
          },
        },
      },
    },
  ],
  ['an Ingress', { kind: 'Ingress', spec: { tls: [{ secretName: 'a' }] } }],
  ['addresses of Git', cr({ repoURL: 'git@github.com:acme/x.git', u: 'ssh://git@h:22/x' })],
  [
    'a Role',
    {
      kind: 'Role',
      rules: [{ resources: ['secrets', 'tokens'], verbs: ['get'], resourceNames: ['a'] }],
    },
  ],
  [
    'parameters of PostgreSQL',
    cr({
      postgresql: {
        pg_hba: ['host all all 0.0.0.0/0 md5'],
        parameters: { password_encryption: 'scram-sha-256' },
      },
    }),
  ],
];

/** What charts and operators in the field have, in names that end as those of secrets do. */
const SETTINGS: readonly (readonly [name: string, value: Json])[] = [
  ['idTokens', '168h'],
  ['gitCredentialsSecret', 'foreman-agent'],
  ['githubConfigSecret', 'actions-auth'],
  ['extraEnvVarsSecret', 'netbox-oidc-credentials'],
  ['pullSecrets', ['registry']],
  ['headersToExtAuth', ['Authorization', 'X-Forwarded-For']],
  ['webhookUrl', 'https://n8n.example.com/'],
  ['googleCredentials', '/app/gcp-oauth.keys.json'],
  ['folder', 'Secret Management'],
  ['apiKey', '$'.concat('{OPENAI_API_KEY}')],
  ['apiKey', '$'.concat('$', '{OPENAI_API_KEY}')],
  ['health.external-secrets.io_ExternalSecret', 'local spec = obj.spec'],
  ['secretKeys', { adminPasswordKey: 'postgres-password' }],
  ['usePassword', true],
  ['external-secrets', { datasource: 'Prometheus' }],
];

test.for(SETTINGS)('shown in a chart: %s', ([name, value]) => {
  const object = { kind: 'HelmRelease', spec: { values: { part: { [name]: value } } } };
  expect(shownAt(object)).toEqual(object);
});

test.for(open)('shown: %s', ([, object]) => {
  expect(shownAt(object)).toEqual(object);
});

/** Only the secret goes: what is around it is what a reviewer needs. */
test.for([
  ['a=b\npassword=x y\nc=d\n', 'a=b\npassword=(hidden)\nc=d\n'],
  [
    'db:\n  password: |\n    one\n    two\n  port: 5432\n',
    'db:\n  password: |\n    (hidden)\n  port: 5432\n',
  ],
  ['{"user":"a","password":"b","port":1}', '{"user":"a","password":"(hidden)","port":1}'],
  ['[db]\nhost = h\npasswd = x # y\n', '[db]\nhost = h\npasswd = (hidden)\n'],
  ['Server=db;Password=a b;Encrypt=true', 'Server=db;Password=(hidden);Encrypt=true'],
  ['host=db password=x user=y', 'host=db password=(hidden) user=y'],
  ['app:x@tcp(db:3306)/shop', 'app:(hidden)@tcp(db:3306)/shop'],
  ['redis://:x@cache:6379/0', 'redis://:(hidden)@cache:6379/0'],
  ['https://a/b?token=x&page=2', 'https://a/b?token=(hidden)&page=2'],
  ['db:5432:shop:app:x', 'db:5432:shop:app:(hidden)'],
  [
    'curl -H "Authorization: Bearer x1" https://a',
    'curl -H "Authorization: Bearer (hidden)" https://a',
  ],
  ['# password: x\nhost: a\n', '# password: (hidden)\nhost: a\n'],
])('%j keeps what is around', ([text = '', shown]) => {
  expect(shownAt(cm('app.conf', text), ['data', 'app.conf'])).toBe(shown);
});

test.for([
  ['"shop?password=x" is no name', '"shop?password=…" is no name'],
  ['the keys are: token, password.', 'the keys are: token, password.'],
  ['key "token" of Secret "password" is read', 'key "token" of Secret "password" is read'],
])('the message %j', ([text = '', shown]) => {
  expect(maskMessage(text)).toBe(shown);
});

test('a text of a whole list is hidden by what each entry is', () => {
  const list = [
    { name: 'a', password: C },
    { name: 'b', password: { value: C } },
  ];
  expect(shownAt(cr({ users: list }), ['spec', 'users'])).toEqual([
    { name: 'a', password: '(hidden)' },
    { name: 'b', password: { value: '(hidden)' } },
  ]);
});
