import { readFileSync } from 'node:fs';
import type { KubeObject } from '../../../generator/core/kube-object.ts';
import { apply, expectOk, find, request, until } from '../cluster.ts';
import { ESO, externalSecrets } from './eso.ts';
import { tokenIn, writeKubeconfig } from './kubeconfig.ts';
import type { Manifests } from './manifests.ts';

const manifests = JSON.parse(
  readFileSync(process.env['REM_E2E_MANIFESTS'] ?? '', 'utf8'),
) as Manifests;
const ca = readFileSync(process.env['NODE_EXTRA_CA_CERTS'] ?? '').toString('base64');

interface Webhook {
  readonly clientConfig: { readonly service: { readonly path: string } };
}

/** CloudNativePG without its Deployment; the webhooks are where the process is. */
function cnpg(): KubeObject[] {
  return manifests.cnpg.flatMap(object => {
    if (['Deployment', 'CustomResourceDefinition'].includes(object.kind)) return [];
    if (!object.kind.endsWith('WebhookConfiguration')) return [object];
    const webhooks = (object['webhooks'] as readonly Webhook[]).map(hook => ({
      ...hook,
      clientConfig: {
        url: `https://127.0.0.1:9443${hook.clientConfig.service.path}`,
        caBundle: ca,
      },
    }));
    return [{ ...object, webhooks }];
  });
}

const SETS = 'argocd-applicationset-controller';

/** Argo CD's accounts, rights and settings; what would run in pods is left out. */
function argocd(): KubeObject[] {
  const kept = ['ServiceAccount', 'ConfigMap', 'Secret'];
  const rights = ['Role', 'RoleBinding'];
  const name = 'argocd-application-controller';
  const subjects = [{ kind: 'ServiceAccount', name, namespace: 'argocd' }];
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } },
    ...manifests.argocd
      .filter(
        ({ kind, metadata }) =>
          kept.includes(kind) || (rights.includes(kind) && metadata.name === SETS),
      )
      .map(object => ({ ...object, metadata: { ...object.metadata, namespace: 'argocd' } })),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'argocd-secret', namespace: 'argocd' },
      stringData: { 'server.secretkey': 'of the test run' },
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'cluster-admin',
      },
      subjects,
    },
  ];
}

/** A kubeconfig of a ServiceAccount, so that its rights decide what a process may do. */
async function kubeconfigOf(namespace: string, account: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const { status } = await expectOk(request('POST', path, asked));
  writeKubeconfig(account, (status as { readonly token: string }).token);
}

/** The API server serves a custom kind some moments after its definition is there. */
async function served({ apiVersion, kind, metadata }: KubeObject): Promise<void> {
  await until(`${metadata.name} is served`, async () => {
    const { conditions = [] } = ((await find({ apiVersion, kind, name: metadata.name }))?.[
      'status'
    ] ?? {}) as { readonly conditions?: readonly { type: string; status: string }[] };
    return conditions.find(({ type, status }) => type === 'Established' && status === 'True');
  });
}

async function main(): Promise<void> {
  for (const name of ['admin', 'controllers']) writeKubeconfig(name, tokenIn(`${name}.token`));
  await Promise.all(manifests.definitions.map(object => apply(object)));
  await Promise.all(manifests.definitions.map(served));
  const objects = [...cnpg(), ...externalSecrets(ca), ...argocd()];
  const [namespaces, rest] = [
    objects.filter(({ kind }) => kind === 'Namespace'),
    objects.filter(({ kind }) => kind !== 'Namespace'),
  ];
  await Promise.all(namespaces.map(object => apply(object)));
  await Promise.all(rest.map(object => apply(object)));
  await kubeconfigOf('cnpg-system', 'cnpg-manager');
  await kubeconfigOf(ESO, ESO);
  await kubeconfigOf('argocd', 'argocd-application-controller');
  await kubeconfigOf('argocd', SETS);
}

await main();
