import { listAt, textAt } from '../core/json.ts';
import { manifestsOf } from '../core/kube-object.ts';
import { lastingPods } from './apps.ts';
import { type Kind, kindsOf, type Made, madeAt, type PlacedObject, type Read } from './kind.ts';
import {
  CERTIFICATE_KEYS,
  objectRefs,
  referenceReaders,
  specFields,
  specReads,
} from './secret-refs.ts';

/** The fields of the cluster's settings that name Secrets, and the keys that are needed of each. */
const clusterReads = objectRefs({
  bindPassword: ['bindPassword'],
  clientSecret: ['clientSecret'],
  fileData: ['htpasswd'],
  kubeConfig: [],
  servingCertificate: CERTIFICATE_KEYS,
  servingCertKeyPairSecret: CERTIFICATE_KEYS,
  tlsClientCert: ['tls.crt'],
  tlsClientConfig: CERTIFICATE_KEYS,
  tlsClientKey: ['tls.key'],
});

/** Settings of a cluster name Secrets of one namespace (docs/facts/operators.md#openshift). */
const SETTING = { reads: settingReads, secrets: { byHand: settingReads } };

function settingReads(object: PlacedObject): Read[] {
  return clusterReads(object).map(read => ({ ...read, namespace: 'openshift-config' }));
}

const certificateReads = specFields('tls', { defaultCertificate: CERTIFICATE_KEYS });

function routerReads(object: PlacedObject): Read[] {
  return certificateReads(object).map(read => ({ ...read, namespace: 'openshift-ingress' }));
}

/** The kinds of OpenShift that name Secrets or run pods; the others are in without-secrets.ts. */
export const openshift: readonly Kind[] = [
  ...kindsOf('config.openshift.io', '*APIServer *Authentication *Ingress *OAuth', SETTING),
  ...kindsOf('helm.openshift.io', '*HelmChartRepository', SETTING),
  /** Its certificate is read where its routers run (docs/facts/operators.md#openshift). */
  {
    group: 'operator.openshift.io',
    kind: 'IngressController',
    reads: routerReads,
    secrets: { byHand: routerReads },
  },
  {
    group: 'route.openshift.io',
    kind: 'Route',
    fields: { sendsToServices: true },
    reads: specFields('tls', { 'tls.externalCertificate': CERTIFICATE_KEYS }),
  },
  {
    group: 'apps.openshift.io',
    kind: 'DeploymentConfig',
    pods: { ...lastingPods, rolloutTarget: ({ name }) => `dc/${name}` },
  },
  /** `oc process` makes its objects. One with a namespace is kept in the cluster for later. */
  {
    group: 'template.openshift.io',
    kind: 'Template',
    applies: {
      objects: by =>
        by.namespace !== ''
          ? []
          : manifestsOf(listAt(by.json, 'objects')).map(({ object, path }) => ({
              object,
              placeOf: at => ({ object: by, path: ['objects', ...path, ...at] }),
            })),
    },
  },
  ...referenceReaders('build.openshift.io', 'BuildConfig'),
  ...referenceReaders('operators.coreos.com', 'Subscription'),
  ...referenceReaders('redhatcop.redhat.io', 'GroupSync', { secrets: { byHand: specReads } }),
];

const SERVING = ['beta', 'alpha'].map(
  stage => `service.${stage}.openshift.io/serving-cert-secret-name`,
);

/** The certificate that OpenShift makes for an annotated Service (docs/facts/operators.md#openshift). */
export function servingCertificate(object: PlacedObject): Made[] {
  const annotation = SERVING.find(name => textAt(object.json, 'metadata', 'annotations', name));
  if (annotation === undefined) return [];
  const type = { type: 'kubernetes.io/tls' };
  return madeAt(object, ['metadata', 'annotations', annotation], CERTIFICATE_KEYS, type);
}
