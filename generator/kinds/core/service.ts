import {
  isMap,
  type JsonObject,
  mapAt,
  withField,
  withFields,
  withItems,
} from '../../core/json.ts';
import { optional } from '../../core/kube-object.ts';
import type { Kind } from '../kind.ts';
import { servingCertificate } from '../openshift.ts';
import { PULLS } from '../pods.ts';
import { fieldReads } from '../secret-refs.ts';

export const coreNamespace: Kind = {
  group: '',
  kind: 'Namespace',
  isOfCluster: true,
  data: { isPrecious: true },
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
};

export const serviceAccount: Kind = {
  group: '',
  kind: 'ServiceAccount',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  secrets: { isOrderFree: true },
  provides: { accounts: ({ name }) => [name] },
  reads: ({ json }) => fieldReads(json, [], 'pull', PULLS),
  /** Without a word pods get a token. */
  changes: {
    normalForm: ({ automountServiceAccountToken: token, ...others }) =>
      token === true ? others : { ...others, ...optional('automountServiceAccountToken', token) },
  },
};

export const coreService: Kind = {
  group: '',
  kind: 'Service',
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  provides: { services: ({ name }) => [name] },
  makes: servingCertificate,
  /** A Service keeps its address: none (headless) is one too, and nothing written means the old one. */
  changes: {
    fixed: (before, after) => {
      const [was, is] = [before, after].map(side => mapAt(side, 'spec')['clusterIP'] ?? '');
      const isExternal = mapAt(before, 'spec')['type'] === 'ExternalName';
      return is === '' || is === was || isExternal ? [] : [['spec', 'clusterIP']];
    },
    normalForm: object => withField(object, 'spec', serviceForm),
  },
};

/** Without a type a Service is a ClusterIP, and a port without a target leads to the same one. */
function serviceForm(spec: JsonObject): JsonObject {
  return withFields(spec, ['type', 'ports'], (_, value) => {
    if (value === 'ClusterIP') return undefined;
    return Array.isArray(value)
      ? withItems(value, port => (isMap(port) ? portForm(port) : port))
      : value;
  });
}

function portForm({ targetPort, ...port }: JsonObject): JsonObject {
  return { ...port, ...(targetPort !== port['port'] && optional('targetPort', targetPort)) };
}
