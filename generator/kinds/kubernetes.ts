import { type JsonObject, withField, without } from '../core/json.ts';
import { issuedForIngress } from './cert-manager.ts';
import { fixedAt, type Kind, type Served } from './kind.ts';
import { CERTIFICATE_KEYS, specFieldReads } from './secret-refs.ts';

export const horizontalPodAutoscaler: Kind = {
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  isUnmistakable: true,
  served: { versions: ['v2', 'v1'], since: 'Kubernetes 1.26' },
};

export const priorityClass: Kind = {
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
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
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
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

  reads: object => specFieldReads(object, 'tls', { 'tls.*.secretName': CERTIFICATE_KEYS }),
};

export const networkPolicy: Kind = {
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  served: { versions: ['v1'], since: 'Kubernetes 1.22', formerly: ['extensions'] },
};

const RBAC = 'rbac.authorization.k8s.io';
const rbacServed: Served = { versions: ['v1'], since: 'Kubernetes 1.22' };

export const role: Kind = { group: RBAC, kind: 'Role', isNamedFreely: true, served: rbacServed };

export const clusterRole: Kind = {
  group: RBAC,
  kind: 'ClusterRole',
  isOfCluster: true,
  isNamedFreely: true,
  served: rbacServed,
};

export const roleBinding: Kind = {
  group: RBAC,
  kind: 'RoleBinding',
  isUnmistakable: true,
  isNamedFreely: true,
  served: rbacServed,
  changes: { fixed: fixedAt(['roleRef']), normalForm: bindingForm },
};

/** The group of a role may be left out, as there is only one. */
function bindingForm(object: JsonObject): JsonObject {
  return withField(object, 'roleRef', ref =>
    without({ apiGroup: RBAC }, without({ apiGroup: '' }, ref)),
  );
}

export const clusterRoleBinding: Kind = {
  group: RBAC,
  kind: 'ClusterRoleBinding',
  isOfCluster: true,
  isUnmistakable: true,
  isNamedFreely: true,
  served: rbacServed,
  changes: { fixed: fixedAt(['roleRef']), normalForm: bindingForm },
};
