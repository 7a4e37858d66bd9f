import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../generator/core/json.ts';
import { maskMessage } from '../../../generator/core/shown.ts';
import { shownAt } from '../../../generator/report/shown.ts';

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
  ['a Secret', { kind: 'Secret', data: { a: C }, stringData: { b: C } }],
  ['a SealedSecret', { kind: 'SealedSecret', spec: { encryptedData: { a: C } } }],
  ['a template', { kind: 'ExternalSecret', spec: { target: { template: { data: { a: C } } } } }],
  [
    'literal text in a template',
    {
      kind: 'ExternalSecret',
      spec: { target: { template: { data: { a: `{{ .u }}:${C}@host` } } } },
    },
  ],
  [
    'a text inside of a template action',
    {
      kind: 'ExternalSecret',
      spec: { target: { template: { data: { a: `{{ .u | default "${C}" }}` } } } },
    },
  ],
  [
    'a literal of templateFrom',
    {
      kind: 'ExternalSecret',
      spec: { target: { template: { templateFrom: [{ literal: `a: ${C}` }] } } },
    },
  ],
  [
    'a template of a ClusterExternalSecret',
    {
      kind: 'ClusterExternalSecret',
      spec: { externalSecretSpec: { target: { template: { data: { a: C } } } } },
    },
  ],
  ['a template of a PushSecret', { kind: 'PushSecret', spec: { template: { data: { a: C } } } }],
  [
    'a template of a ClusterPushSecret',
    { kind: 'ClusterPushSecret', spec: { pushSecretSpec: { template: { data: { a: C } } } } },
  ],
  [
    'a template of a SealedSecret',
    { kind: 'SealedSecret', spec: { template: { data: { a: C } } } },
  ],
  [
    'the fake provider',
    { kind: 'SecretStore', spec: { provider: { fake: { data: [{ key: 'a', value: C }] } } } },
  ],
  [
    'the Fake generator inside of a ClusterGenerator',
    { kind: 'ClusterGenerator', spec: { generator: { fakeSpec: { data: { a: C } } } } },
  ],
  [
    'a template of a ClusterPushSecret',
    { kind: 'ClusterPushSecret', spec: { pushSecretSpec: { template: { data: { a: C } } } } },
  ],
  ['binary data of a ConfigMap', { kind: 'ConfigMap', binaryData: { a: C } }],
  [
    'SQL that runs once, in the settings of a chart',
    {
      kind: 'Application',
      spec: {
        source: { helm: { valuesObject: { initdb: { postInitApplicationSQL: [C] } } } },
      },
    },
  ],
  ['the Fake generator', { kind: 'Fake', spec: { data: { a: C } } }],
  [
    'a variable with the name of a secret',
    { kind: 'Deployment', spec: { containers: [{ env: [{ name: 'DB_PASSWORD', value: C }] }] } },
  ],
  ['a key of a ConfigMap', { kind: 'ConfigMap', data: { API_TOKEN: C } }],
  [
    'a login in a URL',
    {
      kind: 'Deployment',
      spec: { containers: [{ env: [{ name: 'URL', value: `postgres://app:${C}@db/x` }] }] },
    },
  ],
  [
    'SQL that runs once',
    {
      kind: 'Cluster',
      spec: { bootstrap: { initdb: { postInitSQL: [`ALTER ROLE a PASSWORD '${C}'`] } } },
    },
  ],
  [
    'what kubectl applied',
    {
      kind: 'Deployment',
      metadata: {
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"a":"${C}"}` },
      },
    },
  ],
  // What no name tells: an attack found each of these shown.
  ['a login of Oracle', env('ORACLE', `scott/${C}@db`)],
  ['a login that is one word', env('LOGIN', C)],
  ['a word under a name that tells nothing', env('GRAFANA_ADMIN', `admin:${C}`)],
  ['a note', ann('note', `pw is ${C}`)],
  ['a description', cr({ description: `the login is ${C}`, title: C })],
  [
    'headers and a body',
    { kind: 'Webhook', spec: { url: `https://a/?k=${C}`, headers: { a: C }, body: C } },
  ],
  [
    'a generator of ESO',
    { kind: 'Grafana', spec: { url: `https://a:${C}@g`, auth: { basic: { password: C } } } },
  ],
  ['variables of Flux', { kind: 'Kustomization', spec: { postBuild: { substitute: { a: C } } } }],
  [
    'elements of an ApplicationSet',
    {
      kind: 'ApplicationSet',
      spec: { generators: [{ list: { elements: [{ name: 'a', host: C }] } }] },
    },
  ],
  ['a word in a command', args('-c', C, `-x${C}`, `--login=${C}`)],
  [
    'a field of a kind that is not known',
    cr({ license: { key: C }, owner: C, path: C, secret: C, loginSecret: C }),
  ],
  ['an annotation that ends as a name', ann('example.com/secret', C)],
  ['a map of a user', cr({ config: { host: C, name: C } })],
  ['a map of passwords under usual names', cr({ passwords: { database: C, host: C } })],
  ['an address with a login and a query', cr({ path: `https://${C}@h/x?y=${C}` })],
  ['a name with a pair in it', cr({ path: `a?b=${C}`, host: `a=${C}`, name: `u:p@${C}/x;` })],
  [
    'annotations in the values of a chart',
    { kind: 'HelmRelease', spec: { values: { annotations: { note: C, host: C }, env: { A: C } } } },
  ],
  ['a long number', env('CARD', '4111111111111111')],
];

test.for(hidden)('hidden: %s', ([, object]) => {
  const text = JSON.stringify(shownAt(object));
  for (const secret of [C, 'swordfish', '9041337', '4111111']) expect(text).not.toContain(secret);
  expect(text).toMatch(/\(hidden\)|…/);
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
      keyRef: 'r',
      automountServiceAccountToken: false,
      existingSecret: 'x-y',
    }),
  ],
  [
    'strimzi',
    {
      kind: 'KafkaConnect',
      spec: {
        authentication: { type: 'scram', passwordSecret: { secretName: 'a', password: 'pw-key' } },
      },
    },
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
              url: '{{ .user }}:{{ .password | urlquery }}@{{ index . "host" }}',
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
    'a ServiceAccount',
    { kind: 'ServiceAccount', secrets: [{ name: 'a' }], imagePullSecrets: [{ name: 'reg-token' }] },
  ],
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
    'names of Secrets in values',
    {
      kind: 'Application',
      spec: {
        source: {
          helm: {
            valuesObject: {
              auth: { existingSecret: 'x', secretKeys: { adminPasswordKey: 'pw' } },
              image: { pullSecretName: 'a' },
            },
          },
        },
      },
    },
  ],
  ['an Ingress', { kind: 'Ingress', spec: { tls: [{ secretName: 'a' }] } }],
  [
    'a Role',
    {
      kind: 'Role',
      rules: [{ resources: ['secrets', 'tokens'], verbs: ['get'], resourceNames: ['a'] }],
    },
  ],
  [
    'what a CNPG Cluster lists',
    {
      kind: 'Cluster',
      spec: {
        imageName: 'ghcr.io/cloudnative-pg/postgresql:17.5@sha256:0a',
        postgresql: { pg_hba: ['host all all 0.0.0.0/0 md5'], parameters: { work_mem: '64MB' } },
        bootstrap: { initdb: { encoding: 'UTF8', localeCollate: 'C' } },
        backup: {
          barmanObjectStore: { destinationPath: 's3://shop/', wal: { compression: 'gzip' } },
        },
      },
    },
  ],
  [
    'what an Application deploys',
    {
      kind: 'Application',
      spec: {
        source: { repoURL: 'git@github.com:acme/x.git', path: 'a', targetRevision: 'v1.2' },
        syncPolicy: { syncOptions: ['CreateNamespace=true'] },
      },
    },
  ],
  [
    'variables of plain words, sizes and references',
    {
      kind: 'Deployment',
      spec: {
        containers: [
          {
            env: [
              { name: 'LOG_LEVEL', value: 'debug' },
              { name: 'ENVIRONMENT', value: 'production' },
              { name: 'TZ', value: 'Europe/Berlin' },
              { name: 'TOKEN_TTL', value: '24h' },
              { name: 'MAX_TOKENS', value: '4096' },
              { name: 'PASSWORD_FILE', value: '/run/x' },
              { name: 'PASSWORD', value: '$(DB_PASSWORD)' },
              { name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
              { name: 'URL', value: '$(SCHEME)://$(U):$(P)@$(H)' },
            ],
          },
        ],
      },
    },
  ],
  ['words of a command', args('-c', '--no-password', '--log-level=debug', '--port', '8080')],
  [
    'annotations of programs that deploy',
    {
      metadata: {
        annotations: {
          'argocd.argoproj.io/sync-wave': '-1',
          'argocd.argoproj.io/sync-options': 'Prune=false,Replace=true',
          'kustomize.toolkit.fluxcd.io/prune': 'disabled',
          'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web',
        },
        labels: { 'app.kubernetes.io/name': 'web' },
      },
    },
  ],
  [
    'images and names of Secrets in values',
    {
      kind: 'HelmRelease',
      spec: {
        values: {
          image: { repository: 'ghcr.io/acme/x', tag: '1.2.3' },
          persistence: { accessMode: 'ReadWriteOnce', size: '5Gi' },
          envFrom: [{ secretRef: { name: 'login' } }],
        },
      },
    },
  ],
];

/** What charts and operators in the field have, in names that end as those of secrets do. */
const SETTINGS: readonly (readonly [name: string, value: Json])[] = [
  ['gitCredentialsSecret', 'foreman-agent'],
  ['githubConfigSecret', 'actions-auth'],
  ['extraEnvVarsSecret', 'netbox-oidc-credentials'],
  ['pullSecrets', ['registry']],
  ['apiKey', '$'.concat('{OPENAI_API_KEY}')],
  ['apiKey', '$'.concat('$', '{OPENAI_API_KEY}')],
  ['secretKeys', { adminPasswordKey: 'postgres-password' }],
  ['usePassword', true],
];

test.for(SETTINGS)('shown in a chart: %s', ([name, value]) => {
  const object = { kind: 'HelmRelease', spec: { values: { part: { [name]: value } } } };
  const names = ['foreman-agent', 'actions-auth', 'netbox-oidc-credentials', 'registry', 'a'];
  expect(shownAt(object, [], { isKnown: text => names.includes(text) })).toEqual(object);
});

test.for(open)('shown: %s', ([, object]) => {
  expect(shownAt(object)).toEqual(object);
});

/** Of a text that is hidden what shows through. */
test.for([
  ['postgres://app:x1@shop-db-rw.shop:5432/x', 'postgres://…@shop-db-rw.shop:5432…'],
  ['https://elsewhere.example.com/x1', 'https://…'],
  ['jdbc:postgresql://shop-db-rw/x?password=x1', 'jdbc:postgresql://shop-db-rw…'],
  ['http://shop-db-rw:80/', 'http://shop-db-rw:80/'],
  ['shop-db-rw', 'shop-db-rw'],
  ['other-db-rw', '… (11 characters)'],
  ['x', '… (1 character)'],
  ['one\ntwo\n', '… (2 lines)'],
  ['{{ .user }}:x1@{{ .host }}', '{{ .user }}…{{ .host }}'],
  ['{{ .user | default "x1" }} {{ x1', '{{ .user | default "…" }}…'],
  ['--password=x1', '… (13 characters)'],
  ['$(USER) x1', '$(USER)…'],
  ['postgresql://$(U):$(P)@shop-db-rw:5432/x1', 'postgresql://$(U):$(P)@shop-db-rw:5432…'],
  ['postgresql://$(U):x1@shop-db-rw/x1', 'postgresql://$(U)…'],
  ['postgresql://$(U):$(P)@elsewhere/x1', 'postgresql://$(U):$(P)…'],
])('of %j shows %s', ([text = '', shown]) => {
  const isKnown = (name: string): boolean => ['shop-db-rw', 'shop-db-rw.shop'].includes(name);
  const path = ['spec', 'template', 'spec', 'containers', 0, 'env', 0, 'value'];
  expect(shownAt(env('A', text), path, { isKnown })).toBe(shown);
});

test('a repository can allow texts, but not what looks like a secret', () => {
  const isAllowed = (kind: string): boolean => kind === 'Thing';
  const object = cr({ expr: 'up == 0 and x', password: C, note: `password=${C}` });
  expect(shownAt(object, ['spec'], { isAllowed })).toEqual({
    expr: 'up == 0 and x',
    password: '(hidden)',
    note: 'password=…',
  });
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
