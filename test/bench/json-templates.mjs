import { readFileSync } from 'node:fs';

/*
 * The least that any Node program has to do for `applications`: read data, print its objects. It
 * checks nothing, resolves nothing and writes JSON. Usage: node json-templates.mjs data.json
 */
const { namespace, store, apps } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const objects = apps.flatMap(app => [externalSecret(app), deployment(app), service(app)]);
process.stdout.write(objects.map(object => JSON.stringify(object)).join('\n---\n'));

function externalSecret({ name, keys }) {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'ClusterSecretStore', name: store },
      target: { name },
      data: keys.map(({ key, from }) => ({ secretKey: key, remoteRef: { key: from } })),
    },
  };
}

function deployment({ name, image, port, keys }) {
  const env = keys.map(({ variable, key }) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name, key } },
  }));
  const labels = { 'app.kubernetes.io/name': name };
  const containers = [{ name, image, ports: [{ name: 'http', containerPort: port }], env }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
}

function service({ name, port }) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      selector: { 'app.kubernetes.io/name': name },
      ports: [{ name: 'http', port, targetPort: 'http' }],
    },
  };
}
