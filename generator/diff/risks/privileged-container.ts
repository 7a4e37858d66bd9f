import { mapAt } from '../../core/json.ts';
import type { Container } from '../../kinds/pods.ts';
import { podPairs } from '../diff.ts';
import { nameOf, placeOn, type RiskRule, warn } from '../risk.ts';

export const privilegedContainer: RiskRule = warn('privileged-container', function* (diff) {
  for (const { pod, was } of podPairs(diff)) {
    const before = new Set((was?.containers ?? []).filter(isPrivileged).map(({ name }) => name));
    const [first, ...others] = pod.containers.filter(
      container => isPrivileged(container) && !before.has(container.name),
    );
    if (first === undefined) continue;
    const names = [first, ...others].map(({ name }) => `"${name}"`).join(', ');
    yield {
      ...placeOn('head', pod.object, [...first.path, 'securityContext', 'privileged']),
      message: `${nameOf(pod.object)} runs ${others.length === 0 ? 'the container' : 'the containers'} ${names} privileged: whoever gets into one gets the node, and all Secrets of its pods`,
      hint: 'Give it the capabilities that it needs (securityContext.capabilities.add), and not all.',
    };
  }
});

function isPrivileged({ spec }: Container): boolean {
  return mapAt(spec, 'securityContext')['privileged'] === true;
}
