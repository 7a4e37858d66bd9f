import { Cluster, type Dumped } from './dumps.ts';

const FETCH = 'could not get secret data from provider';

/** What is broken in a cluster in which all was well. */
export const brokenClusters: Readonly<Record<string, (cluster: Cluster) => void>> = {
  'store-not-there': cluster => {
    cluster.get('ClusterSecretStore', 'aws').metadata.name = 'other';
  },
  'store-not-ready': cluster => {
    const text = 'WebIdentityErr: failed to retrieve credentials';
    const store = cluster.get('ClusterSecretStore', 'aws');
    cluster.fail(store, 'InvalidProviderConfig', 'unable to validate store', [
      'InvalidProviderConfig',
      text,
    ]);
  },
  'external-secret-not-there': cluster => cluster.remove('ExternalSecret', 'api-keys'),
  'parameter-missing': cluster =>
    cluster.unsynced(
      'api-keys',
      'error processing spec.data[0] (key: /stripe-key), err: Secret does not exist',
    ),
  'property-missing': cluster =>
    cluster.unsynced(
      'api-keys',
      'error processing spec.data[1] (key: /mail), err: key token does not exist in secret /mail',
    ),
  'no-permission': cluster => {
    const arn = 'arn:aws:ssm:eu-west-1:123456789012:parameter/shop/db';
    const text = `error processing spec.data[0] (key: /db), err: AccessDeniedException: User is not authorized to perform: ssm:GetParameter on resource: ${arn}`;
    cluster.unsynced('db-login', text);
  },
  'event-gone': cluster => {
    cluster.fail(cluster.get('ExternalSecret', 'api-keys'), 'SecretSyncedError', FETCH);
  },
  'template-wrong': cluster => {
    const secret = cluster.get('ExternalSecret', 'api-keys');
    const text = 'could not apply template: could not execute template: unable to parse template';
    cluster.fail(secret, 'SecretSyncedError', 'could not update secret', ['UpdateFailed', text]);
  },
  'owned-by-another': cluster => {
    const text = 'target is owned by another ExternalSecret';
    cluster.fail(cluster.get('ExternalSecret', 'api-keys'), 'SecretSyncedError', text);
  },
  'no-controller': cluster => {
    cluster.get('ExternalSecret', 'api-keys').status = undefined;
  },
  'merge-without-target': cluster => {
    const [condition] = cluster.get('ExternalSecret', 'api-keys').status.conditions;
    Object.assign(condition, { reason: 'SecretMissing', message: 'secret will not be created' });
    cluster.remove('Secret', 'api-keys');
  },
  'merge-too-early': cluster => {
    const [condition] = cluster.get('ExternalSecret', 'api-keys').status.conditions;
    Object.assign(condition, { reason: 'SecretMissing', message: 'secret will not be created' });
  },
  'store-of-another-class': cluster => {
    const store = cluster.get('ClusterSecretStore', 'aws');
    store.spec = { controller: 'another' };
    store.status = {};
  },
  'right-missing': cluster =>
    cluster.unsynced(
      'db-login',
      'error processing spec.data[0] (key: db), err: secrets "db" is forbidden: User "system:serviceaccount:shop:reader" cannot get resource "secrets"',
    ),
  'push-refused': cluster => {
    const text = 'set secret failed: could not write remote ref token to target secretstore aws';
    cluster.fail(cluster.get('PushSecret', 'jwt'), 'Errored', text, ['Errored', text]);
  },
  'push-not-applied': cluster => {
    cluster.get('PushSecret', 'jwt').metadata.name = 'former';
  },
  'not-refreshed': cluster => {
    cluster.get('ExternalSecret', 'api-keys').status.refreshTime = '2026-11-20T08:30:00Z';
  },
  'secret-deleted': cluster => cluster.remove('Secret', 'api-keys'),
  'manual-secret-missing': cluster => cluster.remove('Secret', 'jwt'),
  'cluster-makes-no-login': cluster => {
    cluster.remove('Secret', 'logs-app');
    Object.assign(cluster.get('Cluster', 'logs').status, {
      phase: 'Unable to create required cluster objects',
      phaseReason: 'admission webhook denied the request',
    });
  },
  'cluster-begins': cluster => {
    cluster.remove('Secret', 'logs-app');
    cluster.get('Cluster', 'logs').status.phase = 'Setting up primary';
  },
  'key-missing': cluster => setKeys(cluster.get('Secret', 'jwt'), ['other.pem']),
  'key-not-applied': cluster => {
    setKeys(cluster.get('Secret', 'api-keys'), ['mail']);
    cluster.get('ExternalSecret', 'api-keys').spec.data.shift();
  },
  'workload-not-applied': cluster => {
    cluster.get('StatefulSet', 'worker').metadata.name = 'former-worker';
  },
  'container-refused': cluster => {
    const pod = cluster.get('Pod', 'worker-0');
    const text = `couldn't find key uri in Secret shop/logs-app`;
    cluster.wait(pod, 'CreateContainerConfigError', text);
  },
  'volume-refused': cluster => {
    const pod = cluster.get('Pod', 'api-7d9c5b-x2x4v');
    cluster.wait(pod, 'ContainerCreating');
    const text =
      'MountVolume.SetUp failed for volume "jwt" : references non-existent secret key: signing.pem';
    cluster.tell(pod, 'FailedMount', text);
  },
  'not-restarted': cluster => {
    const [fields] = cluster.get('Secret', 'api-keys').metadata.managedFields;
    fields.time = '2026-11-20T10:00:00Z';
  },
  'variables-of-two-containers': cluster => {
    cluster.alsoIn('two');
    const at = (name: string, startedAt: string): Dumped => ({
      name,
      state: { running: { startedAt } },
    });
    const pod = structuredClone(cluster.get('Pod', 'api-7d9c5b-x2x4v'));
    Object.assign(pod.metadata, { name: 'two', labels: { app: 'two' }, ownerReferences: [] });
    pod.status.initContainerStatuses = [at('first', '2026-11-20T08:01:00Z')];
    pod.status.containerStatuses = [
      at('none', '2026-11-20T08:02:00Z'),
      at('late', '2026-11-20T11:00:00Z'),
      at('early', '2026-11-20T09:00:00Z'),
    ];
    cluster.add('pods.json', pod);
    cluster.get('Secret', 'jwt').metadata.managedFields[0].time = '2026-11-20T10:00:00Z';
    const workload = structuredClone(cluster.get('Deployment', 'api'));
    Object.assign(workload.metadata, { name: 'two' });
    workload.spec.selector.matchLabels.app = 'two';
    cluster.add('workloads.json', workload);
  },
  'initdb-waits': cluster => {
    cluster.get('Cluster', 'db').status.phase = 'Setting up primary';
    const pod = cluster.get('Pod', 'db-1');
    cluster.wait(pod, 'CreateContainerConfigError', 'secret "db-login" not found');
  },
  'cluster-stuck': cluster => {
    cluster.get('Cluster', 'logs').status.phase =
      'Cluster is unrecoverable and needs manual intervention';
  },
  'role-refused': cluster => {
    cluster.get('Cluster', 'db').status.managedRolesStatus = {
      cannotReconcile: {
        reporter: ['could not perform UPDATE on role reporter: role is reserved'],
      },
    };
  },
  'password-not-set': cluster => {
    cluster.get('Secret', 'reporter-login').metadata.resourceVersion = '5000';
  },
  'database-refused': cluster => {
    const message = 'while creating database "extra": role "shop" does not exist';
    cluster.get('Database', 'extra').status = { applied: false, message };
  },
  'event-of-before': cluster => {
    const text = 'error processing spec.data[0] (key: /stripe-key), err: Secret does not exist';
    cluster.unsynced('api-keys', text, '2026-11-20T10:58:00Z');
  },
  'condition-tells-cause': cluster => {
    const secret = cluster.get('ExternalSecret', 'api-keys');
    const text = 'error processing spec.data[0] (key: /stripe-key), err: Secret does not exist';
    const told = 'could not update secret, target is immutable';
    cluster.fail(secret, 'SecretSyncedError', told, ['UpdateFailed', text]);
  },
  'login-missing': cluster => {
    withLogin(cluster);
    cluster.remove('Secret', 'aws-login');
    const text = 'could not get secret shop/aws-login: secrets "aws-login" not found';
    const store = cluster.get('SecretStore', 'legacy');
    const reason = 'InvalidProviderConfig';
    cluster.fail(store, reason, 'unable to create client', [reason, text]);
    cluster.unsynced('legacy', 'SecretStore "legacy" is not ready');
    cluster.remove('Secret', 'legacy');
  },
  'login-of-a-store-elsewhere': cluster => {
    brokenClusters['login-missing']?.(cluster);
    cluster.more = cluster.more.replace(/---\n[\s\S]*?(?=---\n)/, '');
  },
  'store-of-an-entry-not-there': cluster => {
    withLogin(cluster);
    const sourceRef = '{ storeRef: { kind: ClusterSecretStore, name: absent } }';
    cluster.more = cluster.more.replace(
      /data: .*\n$/,
      `dataFrom: [{ extract: { key: /legacy }, sourceRef: ${sourceRef} }]\n`,
    );
  },
  'template-key-wrong': cluster => {
    const text =
      'could not apply template: could not execute template: unable to execute template at key url: unable to execute template at key url: template: url:1:3: executing "url" at <.Token>: map has no entry for key "Token"';
    const secret = withLogin(cluster);
    cluster.fail(secret, 'SecretSyncedError', 'could not update secret', ['UpdateFailed', text]);
  },
  'namespace-not-admitted': cluster =>
    cluster.unsynced(
      'api-keys',
      'error processing spec.data[0] (key: /stripe-key), err: using cluster store "aws" is not allowed from namespace "shop": denied by spec.condition',
    ),
  'region-wrong': cluster => {
    withLogin(cluster);
    cluster.more = cluster.more.replace('eu-west-1', 'eu-wset-1');
    cluster.get('SecretStore', 'legacy').spec.provider.aws.region = 'eu-wset-1';
    const text =
      'error processing spec.data[0] (key: /legacy), err: operation error SSM: GetParameter, dial tcp: lookup ssm.eu-wset-1.amazonaws.com: no such host';
    cluster.unsynced('legacy', text);
  },
  'store-of-pushes': cluster => {
    const store = cluster.get('ClusterSecretStore', 'aws');
    const reason = 'InvalidProviderConfig';
    cluster.fail(store, reason, 'unable to validate store', [reason, 'WebIdentityErr']);
    const text = 'ClusterSecretStore "aws" is not ready';
    cluster.fail(cluster.get('PushSecret', 'jwt'), 'Errored', text, ['Errored', text]);
  },
  'application-not-synced': cluster =>
    application(cluster, { sync: { status: 'OutOfSync' }, conditions: [] }),
  'application-with-error': cluster =>
    application(cluster, {
      sync: { status: 'Unknown' },
      conditions: [
        {
          type: 'ComparisonError',
          message: 'Failed to load target state: kustomize build failed',
          lastTransitionTime: '2026-11-20T11:30:00Z',
        },
      ],
    }),
};

/** A store that logs in with access keys, the ExternalSecret that reads it, and the same in the cluster. */
function withLogin(cluster: Cluster): Dumped {
  cluster.alsoIn('login');
  const copy = (file: string, kind: string, from: string, name: string): Dumped => {
    const object = structuredClone(cluster.get(kind, from));
    Object.assign(object.metadata, { name, namespace: 'shop' });
    cluster.add(file, object);
    return object;
  };
  const store = copy('stores.json', 'ClusterSecretStore', 'aws', 'legacy');
  store.kind = 'SecretStore';
  const secretRef = (key: string): Dumped => ({ name: 'aws-login', key });
  store.spec.provider.aws.auth = {
    secretRef: {
      accessKeyIDSecretRef: secretRef('id'),
      secretAccessKeySecretRef: secretRef('key'),
    },
  };
  setKeys(copy('secrets.json', 'Secret', 'jwt', 'aws-login'), ['id', 'key']);
  setKeys(copy('secrets.json', 'Secret', 'jwt', 'legacy'), ['url', 'token']);
  return copy('externalsecrets.json', 'ExternalSecret', 'api-keys', 'legacy');
}

/** An Application of Argo CD that applies the ExternalSecret, which is not in the cluster. */
function application(cluster: Cluster, status: Dumped): void {
  cluster.remove('ExternalSecret', 'api-keys');
  cluster.alsoIn('application');
  const [group, kind] = ['external-secrets.io', 'ExternalSecret'];
  const entry = { group, kind, namespace: 'shop', name: 'api-keys', status: 'OutOfSync' };
  cluster.add('workloads.json', {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', namespace: 'argocd' },
    spec: { destination: { namespace: 'shop' } },
    status: { resources: [entry], ...status },
  });
}

/** The keys that somebody manages. */
function setKeys(secret: Dumped, keys: readonly string[]): void {
  const fields = Object.fromEntries(keys.map(key => [`f:${key}`, {}]));
  secret.metadata.managedFields[0].fieldsV1['f:data'] = fields;
}

/** A cluster in which one thing is broken; without a name nothing is. */
export function brokenCluster(name?: string): Cluster {
  const cluster = new Cluster();
  if (name === undefined) return cluster;
  const breakIt = brokenClusters[name];
  if (breakIt === undefined) throw new Error(`there is no case ${name}`);
  breakIt(cluster);
  return cluster;
}
