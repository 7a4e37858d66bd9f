import type { Path } from '../ground/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../ground/json.ts';
import { corePod } from './core/pod.ts';
import { named, type PodFault, sourceFaults } from './env-faults.ts';
import { mountsOf } from './pod-volumes.ts';
import { isWholePod, type Pod } from './pods.ts';

/** All of them, in the order of pkg/apis/core/validation of Kubernetes 1.34. */
export function podFaults(pod: Pod): PodFault[] {
  return [
    ...ephemeralContainers(pod),
    ...(isWholePod(pod) ? [...restartPolicy(pod), ...selector(pod)] : []),
    ...repeated(pod),
    ...pod.containers.flatMap(sourceFaults),
    ...listAt(pod.spec, 'volumes').flatMap((volume, index) =>
      isMap(volume) ? manySources(volume, [...pod.path, 'volumes', index]) : [],
    ),
  ];
}

function ephemeralContainers({ object, path, spec }: Pod): PodFault[] {
  const isRunning = Object.hasOwn(object.json, 'status');
  if (isRunning || listAt(spec, 'ephemeralContainers').length === 0) return [];
  const where = object.known === corePod ? 'a new Pod' : 'a pod template';
  return [
    {
      path: [...path, 'ephemeralContainers'],
      message: `ephemeral containers are not allowed in ${where}`,
      hint: 'Remove them: "kubectl debug" adds one to a running pod.',
    },
  ];
}

function restartPolicy({ object: { kind, known }, path, spec }: Pod): PodFault[] {
  const policy = textAt(spec, 'restartPolicy') ?? 'Always';
  const restarts = known?.pods?.restarts;
  if (restarts === undefined || (restarts === 'always') === (policy === 'Always')) return [];
  const allowed = restarts === 'always' ? 'Always' : 'OnFailure or Never';
  const [isSet, at] = [spec['restartPolicy'] !== undefined, [...path, 'restartPolicy']];
  return [
    {
      path: at,
      message: `a ${kind} does not allow the restartPolicy ${policy}${isSet ? '' : ', which is the default'}`,
      hint: `Write restartPolicy: ${allowed}.`,
    },
  ];
}

function selector({ object: { known, json } }: Pod): PodFault[] {
  if (known?.pods?.restarts !== 'always') return [];
  const labels = mapAt(json, 'spec', 'template', 'metadata', 'labels');
  const wanted = mapAt(json, 'spec', 'selector', 'matchLabels');
  return Object.entries(wanted)
    .filter(([name, value]) => !Object.hasOwn(labels, name) || labels[name] !== value)
    .map(([name]) => ({
      path: ['spec', 'selector', 'matchLabels', name],
      message: `the selector wants the label "${name}" with a value that the pod template does not have`,
      hint: `Give spec.template.metadata.labels the same "${name}".`,
    }));
}

/** Names that are to be there once. */
function repeated(pod: Pod): PodFault[] {
  const { path, spec, containers } = pod;
  const volumes = listAt(spec, 'volumes').flatMap((volume, index) => {
    const name = textAt(volume, 'name');
    return name === undefined ? [] : [{ name, path: [...path, 'volumes', index, 'name'] }];
  });
  const named = containers.flatMap(({ path: at, spec: { name } }) =>
    typeof name === 'string' ? [{ name, path: [...at, 'name'] }] : [],
  );
  const mounts = mountsOf(pod).flatMap(({ container, path: at, spec: mount }) => {
    const target = textAt(mount, 'mountPath');
    return target === undefined ? [] : [{ container, name: target, path: [...at, 'mountPath'] }];
  });
  return [
    ...twice(volumes, name => `two volumes have the name "${name}"`),
    ...twice(named, name => `two containers have the name "${name}"`),
    ...containers.flatMap(container =>
      twice(
        mounts.filter(mount => mount.container === container),
        name => `container "${container.name}" mounts two volumes at "${name}"`,
      ),
    ),
  ];
}

function twice(
  named: readonly { readonly name: string; readonly path: Path }[],
  message: (name: string) => string,
): PodFault[] {
  const seen = new Set<string>();
  return named.flatMap(({ name, path }) => {
    const isAgain = seen.has(name);
    seen.add(name);
    return isAgain ? [{ path, message: message(name), hint: 'Rename one, or remove it.' }] : [];
  });
}

function manySources(volume: JsonObject, path: Path): PodFault[] {
  const fields = Object.keys(volume).filter(field => field !== 'name' && volume[field] !== null);
  const [, second] = fields;
  if (second === undefined) return [];
  return [
    {
      path: [...path, second],
      message: `${named('volume', volume)} has several sources: ${fields.join(', ')}`,
      hint: 'Make a volume of each.',
    },
  ];
}
