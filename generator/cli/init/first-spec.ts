import { KRM } from '../../kinds/krm/resource-list.ts';
import type { Answers } from './answers.ts';

/**
 * A first spec, with the comments that somebody needs who has never seen one. It is text, not an
 * object that is written: what is in it for people is what it is for.
 */
export function firstSpec(answers: Answers): string {
  const parts = [
    HEAD,
    ...head(answers),
    ...stores(answers),
    ...databases(answers),
    ...secrets(answers),
    ...workloads(answers),
    ...argocd(answers),
    ...flux(answers),
    ...environments(answers),
  ];
  return `${parts.join('\n')}\n`;
}

const HEAD = `# Which databases, stores, secrets and workloads there are, and how environments differ.
# \`rem-secrets expand\` writes base/ and overlays/ from it. What it does not name, \`patch\` says in the
# object's own terms. Values of Secrets have no place here.`;

function head({ name, namespace, environments, hasPlugin }: Answers): string[] {
  const metadata = hasPlugin
    ? [
        'metadata:',
        `  name: ${name}`,
        '  annotations: # for kustomize, which looks for the function on the PATH',
        `    ${KRM}/function: |`,
        '      exec: { path: rem-secrets-fn }',
      ]
    : [`metadata: { name: ${name} }`];
  return [
    'apiVersion: rem-secrets.io/v1alpha1',
    'kind: RemSecrets',
    ...metadata,
    'spec:',
    ...(hasPlugin ? [`  environment: ${environments[0]} # what the function makes`] : []),
    `  namespace: ${namespace} # an environment may have another`,
  ];
}

function stores({ store, name, region }: Answers): string[] {
  switch (store) {
    case 'none':
      return [];
    case 'kubernetes':
      return [
        '',
        '  stores:',
        '    local: # Secrets of this namespace, to make others of them; what is read is allowed, and no more',
        '      kubernetes: {}',
      ];
    default:
      return [
        '',
        '  stores:',
        '    aws: # External Secrets gets in by EKS Pod Identity; for IRSA add serviceAccount',
        `      aws: { service: ${SERVICES[store]}, region: ${region}, prefix: ${PREFIXES[store]}${name} }`,
      ];
  }
}

const SERVICES = { 'parameter-store': 'ParameterStore', 'secrets-manager': 'SecretsManager' };
const PREFIXES = { 'parameter-store': '/', 'secrets-manager': '' };

function databases({ hasDatabase, name }: Answers): string[] {
  if (!hasDatabase) return [];
  return [
    '',
    `  databases: # a CNPG Cluster; its Secrets, such as ${name}-db-app, are known and need no entry`,
    `    ${name}-db: { database: ${inSql(name)}, owner: ${inSql(name)}, storage: 10Gi }`,
  ];
}

function inSql(name: string): string {
  return name.replaceAll('-', '_');
}

function secrets({ store, name, hasDatabase }: Answers): string[] {
  if (store === 'none')
    return [
      '',
      '  secrets:',
      '    api-keys: { manual: [example-key] } # made by hand: names of keys, never values',
    ];
  if (store !== 'kubernetes')
    return [
      '',
      '  secrets:',
      '    api-keys: # an ExternalSecret: a key of the Secret, and the entry of the store that it is read from',
      '      store: aws',
      `      keys: { example-key: example-key } # the entry ${PREFIXES[store]}${name}/example-key`,
    ];
  if (hasDatabase)
    return [
      '',
      '  secrets:',
      '    api-keys: { manual: [example-key] } # made by hand: names of keys, never values',
      '    database-url: # of fields of a Secret, escaped as a URL needs it',
      '      store: local',
      `      from: ${name}-db-app`,
      `      template: { DATABASE_URL: { postgresUrl: { database: ${inSql(name)} } } }`,
    ];
  return [
    '',
    '  secrets:',
    '    given: { manual: [example-key] } # made by hand: names of keys, never values',
    '    api-keys: { store: local, keys: { example-key: { key: given, property: example-key } } }',
  ];
}

function workloads({ name, image, hasDatabase, store }: Answers): string[] {
  const database = `${name}-db`;
  return [
    '',
    '  workloads:',
    `    ${name}:`,
    `      image: ${image}`,
    '      port: 8080',
    ...(hasDatabase && store === 'kubernetes' ? ['      envFrom: [database-url]'] : []),
    '      env: # in any order: what reads another variable as $(NAME) comes after it',
    ...(hasDatabase
      ? [
          `        DB_HOST: { database: ${database}, field: host }`,
          `        DB_USER: { secret: ${database}-app, key: username }`,
          `        DB_PASSWORD: { secret: ${database}-app, key: password }`,
        ]
      : []),
    '        EXAMPLE_KEY: { secret: api-keys, key: example-key }',
    '      patch: # has Stakater Reloader restart it when a Secret that it reads changes',
    "        Deployment: { metadata: { annotations: { reloader.stakater.com/auto: 'true' } } }",
  ];
}

function argocd({ deployer, repository, folder, environments, name }: Answers): string[] {
  if (deployer !== 'argocd') return [];
  return [
    '',
    '  argocd: # `expand` writes argocd/ too, which Argo CD applies: docs/argocd.md of rem-secrets',
    `    repository: ${repository}`,
    ...(folder === '' ? [] : [`    path: ${JSON.stringify(folder)}`]),
    "    clusters: # Argo CD's name of each, or the URL of its API server",
    ...environments.map(environment => `      ${environment}: ${name}-${environment}`),
  ];
}

function flux({ deployer, folder, repository }: Answers): string[] {
  if (deployer !== 'flux') return [];
  const where =
    repository === '' ? 'in the repository that `flux bootstrap` was run on' : 'in that repository';
  return [
    '',
    '  flux: # `expand` writes flux/ too, a folder for the Flux of each cluster: docs/flux.md of rem-secrets',
    ...(repository === '' ? [] : [`    repository: ${repository}`]),
    `    path: ${JSON.stringify(folder === '' ? '.' : folder)} # of this spec, ${where}`,
  ];
}

/** The first environments are as above; the last, where there are several, is run in earnest. */
function environments({ environments: names, name, hasDatabase }: Answers): string[] {
  const last = names.length > 1 ? names.at(-1) : undefined;
  return [
    '',
    '  environments: # each is a part of a spec, laid over what is above; null takes away',
    ...names.flatMap(one =>
      one === last
        ? [
            `    ${one}:`,
            ...(hasDatabase ? [`      databases: { ${name}-db: { instances: 3 } }`] : []),
            `      workloads: { ${name}: { replicas: 2 } }`,
          ]
        : [`    ${one}: {}`],
    ),
  ];
}
