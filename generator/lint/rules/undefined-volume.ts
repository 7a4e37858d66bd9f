import { isUnresolved } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { isWholePod, mountsOf, volumeNames } from '../../kinds/pods.ts';
import { error, type Rule } from '../rule.ts';

export const undefinedVolume: Rule = error('undefined-volume', 'pods', function* (pod) {
  const names = volumeNames(pod);
  for (const { container, volume, path } of isWholePod(pod) ? mountsOf(pod) : []) {
    if (names.has(volume) || isUnresolved(volume)) continue;
    yield {
      path: [...path, 'name'],
      message: `container "${container.name}" mounts the volume "${volume}", which its pod does not have`,
      hint: knownNames('volumes of the pod', volume, names),
    };
  }
});
