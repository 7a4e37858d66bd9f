import { groupBy, sortBy } from '../../core/json.ts';
import type { Maker } from '../../graph/secret-graph.ts';
import { type Rule, type RuleFault, warning } from '../rule.ts';
import { isSameObject, makersByCluster } from './duplicate-target.ts';

export const sharedCertificate: Rule = warning('shared-certificate', function* (graph) {
  for (const makers of makersByCluster(graph)) {
    // By name: a build may change the order of objects.
    const asking = sortBy(
      makers.filter(({ request }) => request !== undefined),
      ({ object }) => `${object.kind}/${object.name}`,
    );
    for (const same of groupBy(asking, ({ request }) => request).values()) yield* shared(same);
  }
});

function* shared([first, ...others]: readonly Maker[]): Iterable<RuleFault> {
  if (first === undefined) return;
  for (const { object, path, secret } of others) {
    if (object === first.object || isSameObject(object, first.object)) continue;
    yield {
      object,
      path,
      message: `the certificate in Secret "${secret}" is asked for by ${first.object.kind} "${first.object.name}" too`,
      hint: 'cert-manager makes it for the one that it sees first, and no longer renews it when that is deleted: write a Certificate, and take the annotation from both.',
      related: [{ object: first.object, path: first.path, note: 'asks for it too' }],
    };
  }
}
