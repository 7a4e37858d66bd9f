import type { Path } from '../core/finding.ts';
import {
  type JsonObject,
  listAt,
  mapAt,
  textAt,
  withEntries,
  withField,
  without,
} from '../core/json.ts';
import { CLAIM, fateOfSet } from './core/volumes.ts';
import {
  changedPaths,
  fixedAt,
  type Kind,
  type Made,
  madeAt,
  type PlacedObject,
  type PodFacts,
  type PodSource,
  specOf,
} from './kind.ts';
import { annotatedSecret } from './onepassword.ts';
import { metadataForm, templateForm } from './pod-defaults.ts';

/** Where most workloads keep the spec of their pods. */
export const TEMPLATE_SPEC: Path = ['spec', 'template', 'spec'];

/** A change of the template, checksum annotations included, replaces the pods. */
export const templateSource: PodSource = {
  of: object => mapAt(object, 'spec', 'template'),
  has: ([first, second]) => first === 'spec' && second === 'template',
};

/** Pods of a template, which run until something replaces them. */
export const lastingPods: PodFacts = {
  path: TEMPLATE_SPEC,
  isLasting: () => true,
  restarts: 'always',
  source: templateSource,
};

/** A workload's spec without what holds anyway (kubernetes/pkg/apis/apps/v1/defaults.go). */
export function workloadForm(defaults: JsonObject, spec: JsonObject): JsonObject {
  return withField(without(defaults, spec), 'template', templateForm);
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

export const daemonSet: Kind = {
  group: 'apps',
  kind: 'DaemonSet',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.16' },
  pods: { ...lastingPods, desiredCount, rolloutTarget: ({ name }) => `daemonset/${name}` },
  changes: {
    fixed: fixedAt(['spec', 'selector']),
    normalForm: object =>
      withField(object, 'spec', spec =>
        workloadForm({ revisionHistoryLimit: 10 }, withRollout('updateStrategy', ONE_DOWN, spec)),
      ),
  },
};

const ONE_DOWN = { maxUnavailable: 1, maxSurge: 0 };

/** One on each node that it takes, which may be none (Kubernetes, DaemonSetStatus). */
function desiredCount({ json }: PlacedObject): number | undefined {
  const { desiredNumberScheduled, observedGeneration } = mapAt(json, 'status');
  const isOld = observedGeneration !== mapAt(json, 'metadata')['generation'];
  return isOld || typeof desiredNumberScheduled !== 'number' ? undefined : desiredNumberScheduled;
}

export const deployment: Kind = {
  group: 'apps',
  kind: 'Deployment',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.16' },
  pods: { ...lastingPods, rolloutTarget: ({ name }) => `deployment/${name}` },
  changes: {
    fixed: fixedAt(['spec', 'selector']),
    normalForm: object =>
      withField(object, 'spec', spec => ({
        replicas: 1,
        ...workloadForm(DEPLOYMENT_DEFAULTS, withRollout('strategy', QUARTERS, spec)),
      })),
  },
  makes: object => [...annotatedSecret(object), ...memberlistSecret(object)],
};

/** The Secret that the controller of MetalLB makes for its speakers (docs/facts/operators.md#metallb). */
function memberlistSecret(object: PlacedObject): Made[] {
  const containers = [...TEMPLATE_SPEC, 'containers'];
  return listAt(object.json, ...containers.map(String)).flatMap((container, index) =>
    listAt(container, 'env').flatMap((variable, at) =>
      textAt(variable, 'name') === 'METALLB_ML_SECRET_NAME'
        ? madeAt(object, [...containers, index, 'env', at, 'value'], ['secretkey'], {
            isShared: true,
            isInternal: true,
          })
        : [],
    ),
  );
}

const DEPLOYMENT_DEFAULTS = {
  progressDeadlineSeconds: 600,
  revisionHistoryLimit: 10,
  paused: false,
  minReadySeconds: 0,
};

const QUARTERS = { maxUnavailable: '25%', maxSurge: '25%' };

export const replicaSet: Kind = {
  group: 'apps',
  kind: 'ReplicaSet',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.16' },
  pods: { path: TEMPLATE_SPEC, restarts: 'always' },
  changes: {
    fixed: fixedAt(['spec', 'selector']),
    normalForm: object =>
      withField(object, 'spec', spec => ({ replicas: 1, ...workloadForm({}, spec) })),
  },
};

const RETENTION = 'persistentVolumeClaimRetentionPolicy';

export const statefulSet: Kind = {
  group: 'apps',
  kind: 'StatefulSet',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.16' },
  pods: { ...lastingPods, rolloutTarget: ({ name }) => `statefulset/${name}` },
  data: {
    fate: (object, find) => {
      const claims = listAt(specOf(object), 'volumeClaimTemplates');
      const specs = claims.map(claim => mapAt(claim, 'spec'));
      return fateOfSet(object, [RETENTION], specs, find);
    },
  },
  changes: {
    normalForm: object =>
      withField(object, 'spec', spec => ({
        replicas: 1,
        ...withEntries(
          workloadForm(
            STATEFUL_SET_DEFAULTS,
            withRollout('updateStrategy', { partition: 0 }, spec),
          ),
          'volumeClaimTemplates',
          claimForm,
        ),
      })),
    /** All else in the spec is as it was made (ValidateStatefulSetUpdate). */
    fixed: (before, after) => {
      const fields = [before, after].flatMap(side => Object.keys(mapAt(side, 'spec')));
      const paths = [...new Set(fields)]
        .filter(field => !MUTABLE.has(field))
        .map((field): Path => ['spec', field]);
      return changedPaths(paths, before, after);
    },
  },
};

/** As ValidateStatefulSetUpdate has it. */
export const MUTABLE: ReadonlySet<string> = new Set([
  'minReadySeconds',
  'ordinals',
  RETENTION,
  'replicas',
  'revisionHistoryLimit',
  'template',
  'updateStrategy',
]);

const STATEFUL_SET_DEFAULTS: JsonObject = {
  podManagementPolicy: 'OrderedReady',
  revisionHistoryLimit: 10,
  minReadySeconds: 0,
  volumeClaimTemplates: [],
  [RETENTION]: { whenDeleted: 'Retain', whenScaled: 'Retain' },
};

/** The API server writes a claim's version and kind. */
function claimForm(claim: JsonObject): JsonObject {
  const { apiVersion: _, kind: _kind, status: _status, ...fields } = claim;
  return withField(metadataForm(fields), 'spec', spec => without(CLAIM, spec));
}
