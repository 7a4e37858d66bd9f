import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../../generator/core/kube-object.ts';

export const ESO = 'external-secrets';

const TARGETS = 'external-secrets-targets';
const apiGroup = 'rbac.authorization.k8s.io';

/** Lets the controller make Secrets in a namespace. */
export function allowTargets(namespace: string): KubeObject {
  return { ...allowEverySecret, kind: 'RoleBinding', metadata: { name: TARGETS, namespace } };
}

/** Lets it read and write every Secret, as its chart does by default. */
export const allowEverySecret: KubeObject = {
  apiVersion: `${apiGroup}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name: TARGETS },
  roleRef: { apiGroup, kind: 'ClusterRole', name: TARGETS },
  subjects: [{ kind: 'ServiceAccount', name: ESO, namespace: ESO }],
};

/** External Secrets' identity, rights and webhooks, which its chart would install. */
export function externalSecrets(ca: string): KubeObject[] {
  const text = readFileSync(join(import.meta.dirname, 'eso.yaml'), 'utf8');
  return loadAll(text.replaceAll('caBundle: CA', `caBundle: '${ca}'`)) as KubeObject[];
}
