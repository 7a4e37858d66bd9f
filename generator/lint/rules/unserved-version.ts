import { type VersionFault, versionFault, versionHint } from '../../graph/api-versions.ts';
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
    const cameLater = laterKinds(graph);
    for (const item of graph.items) {
      const fault = versionFault(item);
      const isWrong = fault !== undefined && !fault.isServed;
      if (isWrong && isServedHere(graph, item) === true) continue;
      const words = isWrong ? unserved(item, fault) : cameLater(item);
      if (words !== undefined) yield { item, path: ['apiVersion'], ...words };
    }
  },
};

type Words = Pick<RuleFault, 'hint' | 'message'>;

function unserved({ kind, object }: Item, fault: VersionFault): Words {
  return {
    message: `no cluster serves ${kind} of "${object.apiVersion}"`,
    hint: versionHint(fault),
  };
}

/** What is to be said of an object whose kind came later than the version that runs: once looked up a kind. */
function laterKinds(graph: SecretGraph): (item: Item) => Words | undefined {
  const known = new Map<string, Words | undefined>();
  return item => {
    const id = `${item.object.apiVersion}/${item.kind}`;
    if (!known.has(id)) known.set(id, laterKind(item, graph));
    return known.get(id);
  };
}

function laterKind(
  { object, group, kind }: Item,
  { validators, versions }: SecretGraph,
): Words | undefined {
  const release = releaseFor(versions, object.apiVersion);
  if (release?.schemas === undefined) return undefined;
  const fault = checkSchema(object, validators).find(({ id }) => id === 'unserved-kind');
  if (fault === undefined) return undefined;
  return {
    message: `${productOf(group)?.called} ${release.name} has no ${kind}`,
    hint: `Remove it, or run ${takenBy(object, fault, release, validators)}: that has it.`,
  };
}
