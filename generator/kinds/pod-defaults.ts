import { type Json, type JsonObject, withEntries, withField, without } from '../core/json.ts';

/** Defaults of the API server (kubernetes/pkg/apis/core/v1/defaults.go), and empty values that mean nothing to it. */
const POD: JsonObject = {
  restartPolicy: 'Always',
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  terminationGracePeriodSeconds: 30,
  enableServiceLinks: true,
  securityContext: {},
  hostNetwork: false,
  hostPID: false,
  hostIPC: false,
  initContainers: [],
  volumes: [],
  imagePullSecrets: [],
  tolerations: [],
  nodeSelector: {},
};

const CONTAINER: JsonObject = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  resources: {},
  stdin: false,
  stdinOnce: false,
  tty: false,
  env: [],
  envFrom: [],
  ports: [],
  volumeMounts: [],
};

const PROBE: JsonObject = {
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
};

/** A pod template without its defaults. The paths of all other fields stay the same. */
export function templateForm(template: JsonObject): JsonObject {
  return withField(metadataForm(template), 'spec', podForm);
}

/** An object without empty metadata. */
export function metadataForm(object: JsonObject): JsonObject {
  const none = { labels: {}, annotations: {}, creationTimestamp: null };
  const named = withField(object, 'metadata', metadata => without(none, metadata));
  return without({ metadata: {} }, named);
}

/** A pod spec without its defaults. */
export function podForm(spec: JsonObject): JsonObject {
  const lists = ['containers', 'initContainers', 'ephemeralContainers'];
  const filled = lists.reduce((pod, list) => withEntries(pod, list, containerForm), spec);
  // The older name of the field: the API server writes both.
  const account = { serviceAccount: spec['serviceAccountName'] ?? null };
  return without({ ...POD, ...account }, withEntries(filled, 'volumes', volumeForm));
}

function containerForm(container: JsonObject): JsonObject {
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];
  const probed = probes.reduce((form, probe) => withField(form, probe, probeForm), container);
  const mounted = withEntries(probed, 'volumeMounts', mount => without({ readOnly: false }, mount));
  const named = withEntries(mounted, 'env', variableForm);
  const pull = { imagePullPolicy: pullPolicy(container['image']) };
  return without({ ...CONTAINER, ...pull }, named);
}

/** The default: an image without a tag, or with the tag latest, is always pulled. */
function pullPolicy(image: Json | undefined): string {
  const name = String(image ?? '');
  if (name.includes('@')) return 'IfNotPresent';
  const tag = /:([^:/]+)$/.exec(name)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function probeForm(probe: JsonObject): JsonObject {
  return without(
    PROBE,
    withField(probe, 'httpGet', action => without({ scheme: 'HTTP', path: '/' }, action)),
  );
}

function variableForm(variable: JsonObject): JsonObject {
  return withField(without({ value: '' }, variable), 'valueFrom', from =>
    withField(from, 'fieldRef', ref => without({ apiVersion: 'v1' }, ref)),
  );
}

/** The defaults: files have the mode 0644, and a projected token is valid for an hour. */
function volumeForm(volume: JsonObject): JsonObject {
  const sources = ['secret', 'configMap', 'downwardAPI', 'projected'];
  const moded = sources.reduce(
    (form, source) => withField(form, source, files => without({ defaultMode: 420 }, files)),
    volume,
  );
  return withField(moded, 'projected', projected =>
    withEntries(projected, 'sources', source =>
      withField(source, 'serviceAccountToken', token =>
        without({ expirationSeconds: 3600 }, token),
      ),
    ),
  );
}
