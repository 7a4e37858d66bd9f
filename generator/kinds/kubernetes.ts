import { mapAt, textAt, withoutUsual } from '../core/json.ts';
import { issuedForIngress } from './cert-manager.ts';
import { fixedAt, type Kind, ofKubernetes, type PlacedObject, type Read } from './kind.ts';
import { servingCertificate } from './openshift.ts';
import { PULLS } from './pods.ts';
import { CERTIFICATE_KEYS, fieldReads, readers, readOf, specFields } from './secret-refs.ts';

export const horizontalPodAutoscaler: Kind = {
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  isUnmistakable: true,
  served: { versions: ['v2', 'v1'], since: 'Kubernetes 1.26' },
};

export const priorityClass: Kind = {
  ...ofKubernetes('scheduling.k8s.io', 'PriorityClass', '1.22'),
  isOfCluster: true,
  changes: { fixed: fixedAt(['value'], ['preemptionPolicy']) },
};

const webhooks = {
  group: 'admissionregistration.k8s.io',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
  fields: { sendsToServices: true },
} as const;

export const mutatingWebhooks: Kind = { ...webhooks, kind: 'MutatingWebhookConfiguration' };
export const validatingWebhooks: Kind = { ...webhooks, kind: 'ValidatingWebhookConfiguration' };

export const customResourceDefinition: Kind = {
  ...ofKubernetes('apiextensions.k8s.io', 'CustomResourceDefinition', '1.22'),
  isOfCluster: true,
  fields: { hosts: 'none', isPlainTextAllowed: true },
};

export const ingress: Kind = {
  group: 'networking.k8s.io',
  kind: 'Ingress',
  served: { versions: ['v1'], since: 'Kubernetes 1.22', formerly: ['extensions'] },
  fields: { sendsToServices: true },
  secrets: { isOrderFree: true, remain: 'always' },
  /** cert-manager's ingress-shim makes these, if the Ingress names an issuer. */
  makes: ({ json }) => issuedForIngress(json, []),
  reads: readers(specFields('tls', { 'tls.*.secretName': CERTIFICATE_KEYS }), nginxReads),
};

const NGINX = 'nginx.ingress.kubernetes.io';

/** Secrets that ingress-nginx reads: `namespace/name`, or a name (kubernetes.github.io/ingress-nginx, Annotations). */
function nginxReads({ json }: PlacedObject): Read[] {
  const annotations = mapAt(json, 'metadata', 'annotations');
  const isFile = annotations[`${NGINX}/auth-secret-type`] !== 'auth-map';
  const all: readonly [annotation: string, needs: readonly string[]][] = [
    [`${NGINX}/auth-secret`, isFile ? ['auth'] : []],
    [`${NGINX}/auth-tls-secret`, ['ca.crt']],
    [`${NGINX}/proxy-ssl-secret`, CERTIFICATE_KEYS],
  ];
  return all.flatMap(([annotation, needs]) => {
    const [name, namespace] = textAt(annotations, annotation)?.split('/').reverse() ?? [];
    const path = ['metadata', 'annotations', annotation];
    return readOf({ name, namespace, path, how: 'ref', needs });
  });
}

export const networkPolicy: Kind = {
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  served: { versions: ['v1'], since: 'Kubernetes 1.22', formerly: ['extensions'] },
};

const RBAC = 'rbac.authorization.k8s.io';

export const role: Kind = { ...ofKubernetes(RBAC, 'Role', '1.22'), isNamedFreely: true };
export const clusterRole: Kind = { ...role, kind: 'ClusterRole', isOfCluster: true };

export const roleBinding: Kind = {
  ...role,
  kind: 'RoleBinding',
  isUnmistakable: true,
  changes: {
    fixed: fixedAt(['roleRef']),
    /** The group of a role may be left out, as there is only one. */
    normalForm: withoutUsual({
      roleRef: { apiGroup: ({ apiGroup }) => (apiGroup === '' ? '' : RBAC) },
    }),
  },
};

export const clusterRoleBinding: Kind = {
  ...roleBinding,
  kind: 'ClusterRoleBinding',
  isOfCluster: true,
};

export const coreNamespace: Kind = {
  ...ofKubernetes('', 'Namespace', '1.0'),
  isOfCluster: true,
  data: { isPrecious: true },
};

export const serviceAccount: Kind = {
  ...ofKubernetes('', 'ServiceAccount', '1.0'),
  isUnmistakable: true,
  secrets: { isOrderFree: true },
  provides: { accounts: ({ name }) => [name] },
  reads: ({ json }) => fieldReads(json, [], 'pull', PULLS),
  /** By default pods get a token. */
  changes: { normalForm: withoutUsual({ automountServiceAccountToken: true }) },
};

export const coreService: Kind = {
  ...ofKubernetes('', 'Service', '1.0'),
  provides: { services: ({ name }) => [name] },
  makes: servingCertificate,
  /** A Service keeps its address. `None` (headless) counts as one; an empty field keeps the old one. */
  changes: {
    fixed: (before, after) => {
      const [was, is] = [before, after].map(side => mapAt(side, 'spec')['clusterIP'] ?? '');
      const isExternal = mapAt(before, 'spec')['type'] === 'ExternalName';
      return is === '' || is === was || isExternal ? [] : [['spec', 'clusterIP']];
    },
    /** Without a type a Service is a ClusterIP, and a port without a target leads to the same one. */
    normalForm: withoutUsual({
      spec: { type: 'ClusterIP', ports: [{ protocol: 'TCP', targetPort: ({ port }) => port }] },
    }),
  },
};
