import { describe, expect, test } from 'vitest';
import { effectiveForm, quantityForm } from '../../generator/diff/forms.ts';
import { objectsOf } from '../machine.ts';

function formOf(yaml: string): unknown {
  const [object] = objectsOf(yaml);
  if (object === undefined) throw new Error('no object');
  return effectiveForm(object);
}

const workload = (kind: string, spec: string): string => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: web }
spec: ${spec}
`;

const pods = (spec: string): string => workload('Deployment', `{ template: { spec: ${spec} } }`);

describe('a default of Kubernetes changes nothing when it is written out', () => {
  test.for<[string, string, string]>([
    [
      'of a pod',
      pods('{ containers: [{ name: a, image: a:1 }] }'),
      pods(
        '{ restartPolicy: Always, dnsPolicy: ClusterFirst, terminationGracePeriodSeconds: 30, securityContext: {}, volumes: [], containers: [{ name: a, image: a:1 }] }',
      ),
    ],
    [
      'of a container',
      pods('{ containers: [{ name: a, image: a:1, ports: [{ containerPort: 80 }] }] }'),
      pods(
        '{ containers: [{ name: a, image: a:1, imagePullPolicy: IfNotPresent, resources: {}, terminationMessagePath: /dev/termination-log, ports: [{ containerPort: 80, protocol: TCP }] }] }',
      ),
    ],
    [
      'of an image without a tag',
      pods('{ containers: [{ name: a, image: "host:5000/a" }] }'),
      pods('{ containers: [{ name: a, image: "host:5000/a", imagePullPolicy: Always }] }'),
    ],
    [
      'of a rollout',
      workload('Deployment', '{ template: {} }'),
      workload(
        'Deployment',
        '{ template: {}, strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 25%, maxUnavailable: 25% } } }',
      ),
    ],
    [
      'of the rollout of a StatefulSet',
      workload('StatefulSet', '{ template: {} }'),
      workload(
        'StatefulSet',
        '{ template: {}, updateStrategy: { type: RollingUpdate, rollingUpdate: { partition: 0 } } }',
      ),
    ],
    [
      'of a CNPG Cluster',
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db }\nspec: { instances: 3 }',
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db }\nspec: { instances: 3, affinity: { podAntiAffinityType: preferred } }',
    ],
    [
      'of a probe',
      pods('{ containers: [{ name: a, livenessProbe: { httpGet: { port: 80 } } }] }'),
      pods(
        '{ containers: [{ name: a, livenessProbe: { periodSeconds: 10, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3, httpGet: { port: 80, path: /, scheme: HTTP } } }] }',
      ),
    ],
    [
      'of volumes',
      pods('{ volumes: [{ name: a, secret: { secretName: s } }, { name: b, emptyDir: {} }] }'),
      pods(
        '{ volumes: [{ name: a, secret: { secretName: s, defaultMode: 420 } }, { name: b, emptyDir: {} }] }',
      ),
    ],
    [
      'of a projected token',
      pods(
        '{ volumes: [{ name: a, projected: { sources: [{ serviceAccountToken: { path: t } }, { secret: { name: s } }] } }] }',
      ),
      pods(
        '{ volumes: [{ name: a, projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: t, expirationSeconds: 3600 } }, { secret: { name: s } }] } }] }',
      ),
    ],
    [
      'of a variable',
      pods('{ containers: [{ env: [{ name: A, valueFrom: { fieldRef: { fieldPath: f } } }] }] }'),
      pods(
        '{ containers: [{ env: [{ name: A, valueFrom: { fieldRef: { apiVersion: v1, fieldPath: f } } }] }] }',
      ),
    ],
    [
      'of a claim',
      workload('StatefulSet', '{ volumeClaimTemplates: [{ metadata: { name: data }, spec: {} }] }'),
      workload(
        'StatefulSet',
        '{ replicas: 1, podManagementPolicy: OrderedReady, volumeClaimTemplates: [{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data }, spec: { volumeMode: Filesystem } }] }',
      ),
    ],
    [
      'of a Job',
      'apiVersion: batch/v1\nkind: Job\nmetadata: { name: j }\nspec: { template: { spec: {} } }',
      'apiVersion: batch/v1\nkind: Job\nmetadata: { name: j }\nspec: { completions: 1, parallelism: 1, completionMode: NonIndexed, template: { spec: {} } }',
    ],
    [
      'of a role',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: r }\nroleRef: { kind: Role, name: a }',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: r }\nroleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: a }',
    ],
    [
      'of a Secret',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { a: b }',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\ntype: Opaque\ndata: { a: Yg== }',
    ],
  ])('%s', ([, left, written]) => expect(formOf(written)).toEqual(formOf(left)));
});

describe('what differs from the default stays', () => {
  test.for<[string, string]>([
    [
      'a sidecar',
      pods('{ initContainers: [{ name: a, image: a:1, restartPolicy: Always }], containers: [] }'),
    ],
    ['an empty security context of a container', pods('{ containers: [{ securityContext: {} }] }')],
    ['a pull policy', pods('{ containers: [{ image: a:1, imagePullPolicy: Always }] }')],
    ['a digest', pods('{ containers: [{ image: "a@sha256:0", imagePullPolicy: Always }] }')],
    [
      'how long a token lives',
      pods(
        '{ volumes: [{ name: a, projected: { sources: [{ serviceAccountToken: { path: t, expirationSeconds: 600 } }] } }] }',
      ),
    ],
    ['an empty folder', pods('{ volumes: [{ name: a, emptyDir: {} }] }')],
  ])('%s', ([, yaml]) => {
    const [{ spec } = { spec: undefined }] = objectsOf(yaml);
    expect(formOf(yaml)).toMatchObject({ spec });
  });
});

test('a Cluster whose instances may be together is not taken for one that keeps them apart', () => {
  const affinity = { enablePodAntiAffinity: false };
  const cluster = `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db }\nspec: { affinity: ${JSON.stringify(affinity)} }`;
  expect(formOf(cluster)).toMatchObject({
    spec: { affinity: expect.toSatisfy(it => Object.keys(it).length === 1) },
  });
});

test.for([
  ['1073741824', '1Gi'],
  ['1024Mi', '1Gi'],
  ['1e9', '1G'],
  ['1000M', '1G'],
  ['1.5', '1500m'],
  ['0', '0'],
  ['ten', 'ten'],
])('the amount %s is %s', ([text = '', form]) => expect(quantityForm(text)).toBe(form));
