/** An object of a rule's `bad.yaml`, as kind and name, and words of what the component says of it. */
type Words = Readonly<Record<string, string>>;

/** What the rule pages say that the API server or a webhook refuses. */
export const refused: Readonly<Record<string, Words>> = {
  'cnpg-name': {
    'Cluster/a23456789-123456789-123456789-123456789-123456789-z':
      'the maximum length of a cluster name is 50 characters',
  },
  'duplicate-secret-key': { 'ExternalSecret/api': 'duplicate secretKey found' },
  'duplicate-variable': { 'Job/seed': 'duplicate entries for key [name=' },
  'invalid-fetch': {
    'ExternalSecret/nothing': 'either data or dataFrom should be specified',
    'ExternalSecret/both': 'extract, find, or generatorRef cannot be set at the same time',
  },
  'invalid-pod': { 'CronJob/report': 'is invalid: spec.' },
  'policy-conflict': {
    'ExternalSecret/rotation':
      "deletionPolicy=Delete must not be used when the controller doesn't own the secret",
  },
  'refresh-interval': { 'ExternalSecret/day': 'time: unknown unit "d" in duration "1d"' },
  'reserved-role': {
    'Cluster/shop-db': 'This role is reserved for operator use',
    'DatabaseRole/replica': 'is reserved',
  },
  'store-connection': { 'SecretStore/no-ca': 'a CABundle or CAProvider is required' },
  'store-namespace': {
    'ClusterSecretStore/local': 'CAProvider.namespace must not be empty with ClusterSecretStore',
    'SecretStore/local': 'CAProvider.namespace must be empty with SecretStore',
  },
  'store-provider': {
    'ClusterSecretStore/both': 'spec.provider: Too many: 2: must have at most 1 item',
  },
  'undefined-volume': {
    'Job/seed': 'spec.template.spec.containers[0].volumeMounts[0].name: Not found: ',
  },
  'unknown-external-cluster': { 'Cluster/copy-db': 'External cluster ' },
  'unserved-version': {
    'CronJob/report': 'no matches for kind "CronJob" in version "batch/v1beta1"',
  },
};

/** What the rule pages say that ESO accepts and never gets ready. */
export const neverReady: Readonly<Record<string, Words>> = {
  'store-access': {
    'SecretStore/local': 'client is not allowed to get secrets',
    'ExternalSecret/named': 'is forbidden',
  },
  'store-conditions': { 'ExternalSecret/a': 'denied by spec.condition' },
  'store-connection': { 'SecretStore/no-auth': 'no auth provider given' },
  'template-source': { 'ExternalSecret/b': 'error in configmap' },
  'template-type': { 'ExternalSecret/a': 'data[tls.key]: Required value' },
  'unknown-generator': { 'ExternalSecret/jwt': 'not found' },
  'unknown-service-account': { 'SecretStore/aws': 'ServiceAccount "' },
  'unknown-store': { 'ExternalSecret/misspelt': 'could not get ClusterSecretStore "' },
  'unknown-template-key': { 'ExternalSecret/a': 'map has no entry for key "' },
};

/** Cases kept beside this repository: the folder's number, and the same of their one fault. */
export const publicRefused: Readonly<Record<string, Words>> = {
  '034': { 'Deployment/rem-api': 'field not declared in schema' },
  '043': { 'CronJob/invoice-report': 'duplicate entries for key' },
  '067': { 'ClusterSecretStore/aws-parameter-store': 'must have at most 1 item' },
  '080': { 'ClusterSecretStore/kubernetes-secrets': 'CAProvider.namespace must not be empty' },
  '082': { 'ExternalSecret/phoenix-postgres-url': 'field not declared in schema' },
  '105': { 'ExternalSecret/crm-db-rotation': 'deletionPolicy=Delete must not be used' },
  '108': { 'ExternalSecret/rem-llm-api-keys': 'duplicate secretKey found' },
  '113': { 'ExternalSecret/rem-llm-api-keys': 'time: unknown unit "d"' },
  '121': { 'ExternalSecret/rem-llm-api-keys': 'no matches for kind' },
  '123': { 'CronJob/invoice-report': 'no matches for kind' },
  '134': {
    'Cluster/rem-postgres-production-eu-central-1-primary-database':
      'the maximum length of a cluster name is 50 characters',
  },
  '167': { 'Deployment/rem-api': 'ephemeral containers not allowed in pod template' },
  '169': { 'Deployment/rem-api': 'valueFrom.secretKeyRef.key: Required value' },
  '172': { 'Deployment/rem-api': 'expected string' },
  '173': { 'Deployment/grafana': 'volumeMounts[0].name: Not found' },
};

export const publicNeverReady: Readonly<Record<string, Words>> = {
  '017': { 'ExternalSecret/phoenix-postgres-url': 'property database does not exist' },
  '047': { 'ExternalSecret/phoenix-postgres-url': 'map has no entry for key "Username"' },
  '048': { 'ExternalSecret/shop-oauth-sync': "bad character U+002D '-'" },
  '049': { 'ExternalSecret/shop-tls': 'map has no entry for key "tls"' },
  '055': { 'ExternalSecret/grafana-ini': 'missing key grafana.conf' },
  '057': { 'ExternalSecret/grafana-ini': 'map has no entry for key "oauth_client_secret"' },
  '058': { 'ExternalSecret/shop-tls': 'data[tls.key]: Required value' },
  '061': { 'ExternalSecret/rem-llm-api-keys': 'could not get ClusterSecretStore' },
  '062': { 'ExternalSecret/rem-llm-api-keys': 'could not get SecretStore' },
  '063': { 'ExternalSecret/billing-stripe': 'could not get ClusterSecretStore' },
  '065': { 'ExternalSecret/auth-jwt': 'unable to get generator' },
  '068': { 'ExternalSecret/rem-llm-api-keys': 'denied by spec.condition' },
  '069': { 'ExternalSecret/rem-llm-api-keys': 'denied by spec.condition' },
  '071': { 'ClusterSecretStore/kubernetes-secrets': 'client is not allowed to get secrets' },
  '072': { 'ClusterSecretStore/kubernetes-secrets': 'client is not allowed to get secrets' },
  '074': { 'ClusterSecretStore/kubernetes-secrets': 'client is not allowed to get secrets' },
  '077': { 'ExternalSecret/phoenix-postgres-url': 'not found' },
  '084': { 'ExternalSecret/phoenix-postgres-url': 'secrets "rem-postgres" not found' },
  '085': { 'SecretStore/billing-ssm': 'an IAM role must be associated with service account' },
  '087': { 'SecretStore/billing-ssm': 'not found' },
};
