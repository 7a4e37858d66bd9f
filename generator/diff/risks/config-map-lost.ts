import { groupBy } from '../../core/json.ts';
import { secretId } from '../../graph/secret-graph.ts';
import { configMap } from '../../kinds/core/secret.ts';
import { configMapReads } from '../../kinds/pods.ts';
import { goingOf } from '../appliers.ts';
import { high, nameOf, placeOn, type RiskRule, readText } from '../risk.ts';

export const configMapLost: RiskRule = high('config-map-lost', function* (diff) {
  const { head } = diff;
  const lost = goingOf(diff, configMap).filter(
    ({ base: { namespace, name } }) => head.find(configMap, namespace, name) === undefined,
  );
  if (lost.length === 0) return;
  const needed = head.pods.flatMap(pod =>
    configMapReads(pod)
      .filter(({ isOptional }) => !isOptional)
      .map(({ secret: name, path }) => ({ object: pod.object, path, name })),
  );
  const readers = groupBy(needed, ({ object, name }) => secretId(object.namespace, name));
  for (const { base: removed } of lost) {
    const found = readers.get(secretId(removed.namespace, removed.name));
    if (found === undefined) continue;
    yield {
      ...placeOn('base', removed),
      message: `the ${nameOf(removed)} is removed${readText(found)}: once it is gone their new pods do not start`,
      hint: 'Keep it until nothing reads it any more, or let them read what has taken its place.',
      related: [{ ...placeOn('head', found[0].object, found[0].path), note: 'it is read here' }],
    };
  }
});
