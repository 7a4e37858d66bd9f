import type { JsonObject } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import {
  metadataForm,
  podForm,
  templateForm,
  withEntries,
  withField,
  without,
} from './pod-defaults.ts';

/** An object as the API server completes it, of kinds of Kubernetes itself. */
type Form = (object: JsonObject) => JsonObject;

/** The form of a kind of Kubernetes itself, where it has defaults. */
export function builtIn({ apiVersion, kind }: KubeObject): Form | undefined {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const name = `${group}/${kind}`;
  return Object.hasOwn(FORMS, name) ? FORMS[name] : undefined;
}

/**
 * Kinds whose defaults stand in the API server's code and in no schema (kubernetes/pkg/apis,
 * apps/v1, batch/v1, core/v1 and rbac/v1, defaults.go).
 */
const FORMS: Readonly<Record<string, Form>> = {
  'apps/Deployment': ofSpec(spec => ({
    replicas: 1,
    ...workload(ROLLING, withRollout('strategy', QUARTERS, spec)),
  })),
  'apps/StatefulSet': ofSpec(spec => ({
    replicas: 1,
    ...withEntries(
      workload(STATEFUL, withRollout('updateStrategy', { partition: 0 }, spec)),
      'volumeClaimTemplates',
      claimForm,
    ),
  })),
  'apps/DaemonSet': ofSpec(spec =>
    workload({ revisionHistoryLimit: 10 }, withRollout('updateStrategy', ONE_DOWN, spec)),
  ),
  'apps/ReplicaSet': ofSpec(spec => ({ replicas: 1, ...workload({}, spec) })),
  'batch/Job': ofSpec(jobForm),
  'batch/CronJob': ofSpec(spec =>
    withField(without(CRON, spec), 'jobTemplate', template => withField(template, 'spec', jobForm)),
  ),
  '/Pod': ofSpec(podForm),
  '/PersistentVolumeClaim': ofSpec(spec => without(CLAIM, spec)),
  'rbac.authorization.k8s.io/RoleBinding': roleBinding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': roleBinding,
};

const CLAIM: JsonObject = { volumeMode: 'Filesystem' };

const ROLLING: JsonObject = {
  progressDeadlineSeconds: 600,
  revisionHistoryLimit: 10,
  paused: false,
  minReadySeconds: 0,
};

const QUARTERS: JsonObject = { maxUnavailable: '25%', maxSurge: '25%' };

const ONE_DOWN: JsonObject = { maxUnavailable: 1, maxSurge: 0 };

const STATEFUL: JsonObject = {
  podManagementPolicy: 'OrderedReady',
  revisionHistoryLimit: 10,
  minReadySeconds: 0,
  volumeClaimTemplates: [],
  persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
};

const JOB: JsonObject = {
  backoffLimit: 6,
  completionMode: 'NonIndexed',
  suspend: false,
  manualSelector: false,
};

const CRON: JsonObject = {
  concurrencyPolicy: 'Allow',
  suspend: false,
  successfulJobsHistoryLimit: 3,
  failedJobsHistoryLimit: 1,
};

function ofSpec(change: Form): Form {
  return object => withField(object, 'spec', change);
}

/** How pods are replaced, without what holds anyway: a rolling update at the usual pace. */
function withRollout(field: string, pace: JsonObject, spec: JsonObject): JsonObject {
  const form = withField(spec, field, strategy =>
    without(
      { type: 'RollingUpdate', rollingUpdate: {} },
      withField(strategy, 'rollingUpdate', update => without(pace, update)),
    ),
  );
  return without({ [field]: {} }, form);
}

function workload(defaults: JsonObject, spec: JsonObject): JsonObject {
  return withField(without(defaults, spec), 'template', templateForm);
}

/** Without a number of completions a Job wants as many as run at once: one, if nothing is said. */
function jobForm(spec: JsonObject): JsonObject {
  const isOne = (spec['parallelism'] ?? 1) === 1 && (spec['completions'] ?? 1) === 1;
  return workload(isOne ? { ...JOB, parallelism: 1, completions: 1 } : JOB, spec);
}

/** The API server writes a claim's version and kind. */
function claimForm(claim: JsonObject): JsonObject {
  const { apiVersion: _, kind: _kind, status: _status, ...own } = claim;
  return withField(metadataForm(own), 'spec', spec => without(CLAIM, spec));
}

/** There is one group of roles, and it may be left out. */
function roleBinding(object: JsonObject): JsonObject {
  return withField(object, 'roleRef', ref =>
    without({ apiGroup: 'rbac.authorization.k8s.io' }, without({ apiGroup: '' }, ref)),
  );
}
