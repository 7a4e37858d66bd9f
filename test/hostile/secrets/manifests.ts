import { dump } from 'js-yaml';
import type { Planter } from './planted.ts';

type Map = Readonly<Record<string, unknown>>;

function object(apiVersion: string, kind: string, name: string, rest: Map): Map {
  return { apiVersion, kind, metadata: { name, namespace: 'shop' }, ...rest };
}

function pod(containers: readonly Map[]): Map {
  const labels = { app: 'web' };
  return {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  };
}

/** Secrets, and what makes them. */
function makers(p: Planter): Map[] {
  return [
    object('v1', 'Secret', 'login', {
      data: { password: Buffer.from(p.plant('data of a Secret')).toString('base64') },
      stringData: { other: p.plant('stringData of a Secret') },
    }),
    object('external-secrets.io/v1', 'ExternalSecret', 'fetched', {
      spec: {
        secretStoreRef: { kind: 'SecretStore', name: 'fake' },
        target: {
          template: {
            data: {
              literal: p.plant('template of an ExternalSecret'),
              url: `postgres://{{ .user }}:${p.plant('login in a template')}@db/x`,
              other: `{{ .user | default "${p.plant('text in a template action')}" }}`,
            },
            templateFrom: [{ literal: `pw: ${p.plant('literal of templateFrom')}` }],
            metadata: { annotations: { token: p.plant('annotation of a template') } },
          },
        },
        data: [
          {
            secretKey: 'user',
            remoteRef: { key: `shop?password=${p.plant('remoteRef.key')}`, property: 'user' },
          },
        ],
      },
    }),
    object('external-secrets.io/v1alpha1', 'PushSecret', 'pushed', {
      spec: {
        secretStoreRefs: [{ kind: 'SecretStore', name: 'fake' }],
        selector: { secret: { name: 'login' } },
        data: [{ match: { secretKey: 'password', remoteRef: { remoteKey: 'shop/password' } } }],
        template: { data: { a: p.plant('template of a PushSecret') } },
      },
    }),
    object('bitnami.com/v1alpha1', 'SealedSecret', 'sealed', {
      spec: {
        encryptedData: { a: p.plant('encryptedData of a SealedSecret') },
        template: { data: { b: p.plant('template of a SealedSecret') } },
      },
    }),
    object('external-secrets.io/v1', 'SecretStore', 'fake', {
      spec: {
        provider: { fake: { data: [{ key: 'user', value: p.plant('the fake provider') }] } },
      },
    }),
    object('generators.external-secrets.io/v1alpha1', 'Fake', 'made', {
      spec: { data: { a: p.plant('the Fake generator') } },
    }),
  ];
}

/** What reads them, and has more in it than it should. */
function workloads(p: Planter): Map[] {
  const last = JSON.stringify({ stringData: { a: p.plant('last-applied') } });
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'web',
        namespace: 'shop',
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': last,
          'example.com/basic-auth': `admin:${p.plant('basic auth in an annotation')}`,
          'example.com/config': `{"user":"a","password":"${p.plant('JSON in an annotation')}"}`,
          'example.com/named': `[{"name":"API_TOKEN","value":"${p.plant('pairs in an annotation')}"}]`,
        },
      },
      spec: pod([
        {
          name: 'web',
          image: 'example.com/web:1',
          command: [
            'sh',
            '-c',
            `export PGPASSWORD=${p.plant(
              'a command',
            )}; psql -h db --password ${p.plant('an option in a command')}`,
          ],
          args: [
            `--password=${p.plant('an argument')}`,
            '--api-token',
            p.plant('an argument behind its option'),
            `-Dspring.datasource.password=${p.plant('a property of Java')}`,
            '-u',
            `admin:${p.plant('a login behind -u')}`,
            '-H',
            `Authorization: Bearer ${p.plant('a header')}`,
          ],
          env: [
            { name: 'ADMIN_PW', value: p.plant('ADMIN_PW') },
            { name: 'PIN', value: p.plantNumber('PIN') },
            { name: 'LICENSE_KEY', value: p.plant('LICENSE_KEY') },
            { name: 'JWT_SECRET', value: p.plant('JWT_SECRET') },
            {
              name: 'CONN',
              value: `Server=db;Password=${p.plant('a connection string')};Encrypt=true`,
            },
            { name: 'LIBPQ', value: `host=db password=${p.plant('libpq')} user=y` },
            { name: 'GO_DB', value: `app:${p.plant('a DSN of Go')}@tcp(db:3306)/x` },
            { name: 'CACHE', value: `redis://:${p.plant('a URL without a user')}@cache:6379/0` },
            { name: 'QUEUE', value: `amqp://shop:${p.plant('a URL')}@queue/` },
            {
              name: 'JDBC',
              value: `jdbc:postgresql://db/x?user=a&password=${p.plant('JDBC')}&ssl=1`,
            },
            {
              name: 'FEED',
              value: `https://feed.example.com/a?token=${p.plant('a query')}&page=1`,
            },
            {
              name: 'SENTRY_DSN',
              value: `https://${p.plant('a DSN of Sentry')}@sentry.example.com/1`,
            },
            {
              name: 'ALERTS_WEBHOOK_URL',
              value: `https://chat.example.com/hook/${p.plant('a webhook')}`,
            },
          ],
        },
      ]),
    },
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'dump', namespace: 'shop' },
      spec: {
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [
              {
                name: 'dump',
                image: 'example.com/mysql:8',
                command: ['mysqldump', '-uroot', `-p${p.plant('an option of one letter')}`, 'shop'],
              },
            ],
          },
        },
      },
    },
  ];
}

/** Fields of kinds that nobody knows. */
function customResources(p: Planter): Map[] {
  return [
    object('example.com/v1', 'Grafana', 'board', {
      spec: {
        adminPassword: p.plant('adminPassword'),
        apiKey: p.plant('apiKey'),
        credentials: { pass: p.plant('credentials.pass') },
        passwords: { alice: p.plant('a map of passwords') },
        token: p.plant('token'),
        tokens: [p.plant('a list of tokens')],
        pin: Number(p.plantNumber('a number')),
        password: { value: p.plant('password.value') },
        tokenTtl: '1h',
      },
    }),
    object('argoproj.io/v1alpha1', 'Application', 'chart', {
      spec: {
        project: 'default',
        destination: { namespace: 'shop', server: 'https://kubernetes.default.svc' },
        source: {
          repoURL: `https://bot:${p.plant('the URL of a repository')}@git.example.com/charts.git`,
          path: 'chart',
          targetRevision: 'main',
          helm: {
            valuesObject: { auth: { adminPassword: p.plant('helm.valuesObject') } },
            values: `auth:\n  rootPassword: ${p.plant('helm.values')}\n# token: ${p.plant('a comment in helm.values')}\n`,
            parameters: [{ name: 'auth.password', value: p.plant('helm.parameters') }],
          },
        },
      },
    }),
    object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'release', {
      spec: {
        interval: '1h',
        values: { secret: { anything: p.plant('values of a HelmRelease') } },
      },
    }),
    object('postgresql.cnpg.io/v1', 'Cluster', 'db', {
      spec: {
        instances: 2,
        storage: { size: '1Gi' },
        bootstrap: {
          initdb: {
            database: 'shop',
            owner: 'shop',
            postInitSQL: [`ALTER ROLE a PASSWORD '${p.plant('postInitSQL')}'`],
          },
        },
      },
    }),
  ];
}

/** Files in a ConfigMap. */
function files(p: Planter): Map[] {
  return [
    object('v1', 'ConfigMap', 'files', {
      data: {
        ADMIN_PASS: p.plant('a key of a ConfigMap'),
        'app.properties': `host=db\nspring.datasource.password=${p.plant('.properties')}\n`,
        'app.ini': `[db]\nhost = db\npasswd = ${p.plant('INI')}\n`,
        'app.json': `{\n  "db": { "password": "${p.plant('JSON')}", "port": 5432 }\n}\n`,
        'app.yaml': `db:\n  host: db\n  password: |\n    ${p.plant('YAML')}\n`,
        'app.toml': `[db]\nclient_secret = "${p.plant('TOML')}"\n`,
        '.env': `HOST=db\nexport SMTP_PASS='${p.plant('.env')}'\n`,
        pgpass: `db:5432:shop:app:${p.plant('pgpass')}\n`,
        '.netrc': `machine example.com login bot password ${p.plant('.netrc')}\n`,
        'redis.conf': `port 6379\nrequirepass ${p.plant('redis.conf')}\n`,
        'init.sql': `CREATE USER a WITH PASSWORD '${p.plant('SQL')}';\n`,
        'beans.xml': `<beans><password>${p.plant('XML')}</password></beans>\n`,
        'Secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData:\n  a: ${p.plant('a manifest in a ConfigMap')}\n`,
      },
    }),
  ];
}

/** A stream with a secret in every kind of place that a manifest has. */
export function manifests(p: Planter): string {
  const objects = [...makers(p), ...workloads(p), ...customResources(p), ...files(p)];
  return objects.map(each => `---\n${dump(each, { lineWidth: -1 })}`).join('');
}
