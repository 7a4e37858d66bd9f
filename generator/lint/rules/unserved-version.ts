import { versionFault, versionHint } from '../../graph/api-versions.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { isServedHere } from '../../graph/served-here.ts';
import { checkSchema } from '../../ground/schema/schema-check.ts';
import type { Item } from '../../kinds/kind.ts';
import { productOf } from '../../kinds/products.ts';
import { releaseFor, takenBy } from '../../kinds/version-schemas.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const unservedVersion: Rule = {
  id: 'unserved-version',
  severity: 'error',
  summary: 'Each object has an apiVersion that clusters serve.',

  *check(graph) {
    for (const item of graph.items) {
      const path = ['apiVersion'];
      const fault = versionFault(item);
      if (fault === undefined || fault.isServed) yield* missingKind(item, graph);
      else if (isServedHere(graph, item) !== true)
        yield {
          item,
          path,
          message: `no cluster serves ${item.kind} of "${item.object.apiVersion}"`,
          hint: versionHint(fault),
        };
    }
  },
};

/** A kind that came later than the version that runs. */
function* missingKind(item: Item, { validators, versions }: SecretGraph): Iterable<RuleFault> {
  const { object, group, kind } = item;
  const release = releaseFor(versions, object.apiVersion);
  if (release?.schemas === undefined) return;
  const fault = checkSchema(object, validators).find(({ id }) => id === 'unserved-kind');
  if (fault === undefined) return;
  yield {
    item,
    path: ['apiVersion'],
    message: `${productOf(group)?.called} ${release.name} has no ${kind}`,
    hint: `Remove it, or run ${takenBy(object, fault, release, validators)}: that has it.`,
  };
}
