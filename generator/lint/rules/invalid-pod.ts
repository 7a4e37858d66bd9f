import type { Path } from '../../core/finding.ts';
import type { Json, JsonObject, MapInValue } from '../../core/json.ts';
import { groupBy, isMap, listAt, mapAt, mapsAt, textAt } from '../../core/json.ts';
import { corePod } from '../../kinds/core/pod.ts';
import { type Container, isWholePod, mountsOf, type Pod } from '../../kinds/pods.ts';
import { error, type Rule } from '../rule.ts';

/** The faults of a pod, in the order of pkg/apis/core/validation of Kubernetes 1.34. */
export const invalidPod: Rule = error('invalid-pod', 'pods', pod => [
  ...ephemeralContainers(pod),
  ...(isWholePod(pod) ? [...restartPolicy(pod), ...selector(pod)] : []),
  ...repeated(pod),
  ...pod.containers.flatMap(sourceFaults),
  ...mapsAt(pod.spec, pod.path, 'volumes').flatMap(manySources),
]);

function ephemeralContainers({ object, path, spec }: Pod) {
  const isRunning = Object.hasOwn(object.json, 'status');
  if (isRunning || listAt(spec, 'ephemeralContainers').length === 0) return [];
  const where = object.knownKind === corePod ? 'a new Pod' : 'a pod template';
  const message = `ephemeral containers are not allowed in ${where}`;
  const hint = 'Remove them: "kubectl debug" adds one to a running pod.';
  return [{ path: [...path, 'ephemeralContainers'], message, hint }];
}

function restartPolicy({ object: { kind, knownKind }, path, spec }: Pod) {
  const policy = textAt(spec, 'restartPolicy') ?? 'Always';
  const restarts = knownKind?.pods?.restarts;
  if (restarts === undefined || (restarts === 'always') === (policy === 'Always')) return [];
  const allowed = restarts === 'always' ? 'Always' : 'OnFailure or Never';
  const which = spec['restartPolicy'] === undefined ? ', which is the default' : '';
  const message = `a ${kind} does not allow the restartPolicy ${policy}${which}`;
  return [{ path: [...path, 'restartPolicy'], message, hint: `Write restartPolicy: ${allowed}.` }];
}

function selector({ object: { knownKind, json } }: Pod) {
  if (knownKind?.pods?.restarts !== 'always') return [];
  const labels = mapAt(json, 'spec', 'template', 'metadata', 'labels');
  const matchLabels = mapAt(json, 'spec', 'selector', 'matchLabels');
  return Object.entries(matchLabels)
    .filter(([name, value]) => !Object.hasOwn(labels, name) || labels[name] !== value)
    .map(([name]) => ({
      path: ['spec', 'selector', 'matchLabels', name],
      message: `the selector wants the label "${name}" with a value that the pod template does not have`,
      hint: `Give spec.template.metadata.labels the same "${name}".`,
    }));
}

function repeated(pod: Pod) {
  const { path, spec, containers } = pod;
  const mounts = groupBy(mountsOf(pod), ({ container }) => container);
  return [
    ...twice(mapsAt(spec, path, 'volumes'), 'name', name => `two volumes have the name "${name}"`),
    ...twice(containers.map(asMap), 'name', name => `two containers have the name "${name}"`),
    ...containers.flatMap(container => {
      const mounted = (mounts.get(container) ?? []).map(asMap);
      const what = `container "${container.name}" mounts two volumes`;
      return twice(mounted, 'mountPath', at => `${what} at "${at}"`);
    }),
  ];
}

function asMap({ spec: map, path }: Pick<Container, 'spec' | 'path'>): MapInValue {
  return { map, path };
}

function twice(maps: readonly MapInValue[], field: string, message: (name: string) => string) {
  const groups = groupBy(maps, ({ map }) => textAt(map, field));
  return [...groups].flatMap(([name, [, ...others]]) => {
    if (name === undefined) return [];
    const text = { message: message(name), hint: 'Rename one, or remove it.' };
    return others.map(({ path }) => ({ path: [...path, field], ...text }));
  });
}

function sourceFaults({ spec, path }: Container) {
  const env = mapsAt(spec, path, 'env').flatMap(({ map, path: at }) =>
    isMap(map['valueFrom']) ? valueFrom(map, map['valueFrom'], at) : [],
  );
  const envFrom = mapsAt(spec, path, 'envFrom').flatMap(({ map: entry, path: at }) => {
    const fields = ['secretRef', 'configMapRef'].filter(field => entry[field]);
    return [
      ...atMostOne('an entry of envFrom', fields, 'secretRef or configMapRef', at),
      ...fields.flatMap(field => unnamed(entry[field], [...at, field])),
    ];
  });
  return [...env, ...envFrom];
}

function valueFrom(entry: JsonObject, source: JsonObject, path: Path) {
  const at = [...path, 'valueFrom'];
  const fields = Object.keys(source).filter(field => source[field] !== null);
  const subject = named('variable', entry);
  const { value } = entry;
  if (value !== undefined && value !== null && value !== '') {
    const message = `${subject} has both a value and valueFrom`;
    return [{ path: at, message, hint: 'Remove one of them.' }];
  }
  const refs = ['secretKeyRef', 'configMapKeyRef'].filter(field => isMap(source[field]));
  const allowed = 'secretKeyRef, configMapKeyRef, fieldRef or resourceFieldRef';
  return [
    ...atMostOne(subject, fields, allowed, at),
    ...refs.flatMap(field => unnamed(source[field], [...at, field])),
  ];
}

function atMostOne(subject: string, fields: readonly string[], allowed: string, path: Path) {
  if (fields.length === 1) return [];
  const [, second] = fields;
  const has = second === undefined ? 'no source' : `several sources: ${fields.join(', ')}`;
  const at = second === undefined ? path : [...path, second];
  return [{ path: at, message: `${subject} has ${has}`, hint: `Write one of ${allowed}.` }];
}

function unnamed(ref: Json | undefined, path: Path) {
  const name = mapAt(ref)['name'];
  if (name !== undefined && name !== null && name !== '') return [];
  const field = String(path.at(-1));
  return [{ path, message: `${field} names nothing: "name" is missing`, hint: 'Add name.' }];
}

function manySources({ map: volume, path }: MapInValue) {
  const fields = Object.keys(volume).filter(field => field !== 'name' && volume[field] !== null);
  const [, second] = fields;
  const message = `${named('volume', volume)} has several sources: ${fields.join(', ')}`;
  return second === undefined
    ? []
    : [{ path: [...path, second], message, hint: 'Make a volume of each.' }];
}

function named(what: string, entry: JsonObject): string {
  const name = textAt(entry, 'name');
  return name === undefined ? `a ${what}` : `${what} "${name}"`;
}
