import { checkSchema } from '../../core/schema.ts';
import { isServedHere, type VersionFault, versionFault, versionHint } from '../../graph/objects.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { productOf, releaseFor, takenBy } from '../../kinds/products.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const unservedVersion: Rule = {
  id: 'unserved-version',
  severity: 'error',
  summary: 'Each object has an apiVersion that clusters serve.',

  *check(graph) {
    const cameLater = laterKinds(graph);
    for (const object of graph.objects) {
      const fault = versionFault(object);
      const isWrong = fault !== undefined && !fault.isServed;
      if (isWrong && isServedHere(graph, object) === true) continue;
      const words = isWrong ? unserved(object, fault) : cameLater(object);
      if (words !== undefined) yield { object, path: ['apiVersion'], ...words };
    }
  },
};

type Words = Pick<RuleFault, 'hint' | 'message'>;

function unserved({ kind, json }: PlacedObject, fault: VersionFault): Words {
  return {
    message: `no cluster serves ${kind} of "${json.apiVersion}"`,
    hint: versionHint(fault),
  };
}

/** What is to be said of an object whose kind came later than the version that runs: once looked up a kind. */
function laterKinds(graph: SecretGraph): (object: PlacedObject) => Words | undefined {
  const known = new Map<string, Words | undefined>();
  return object => {
    const id = `${object.json.apiVersion}/${object.kind}`;
    if (!known.has(id)) known.set(id, laterKind(object, graph));
    return known.get(id);
  };
}

function laterKind(
  { json, group, kind }: PlacedObject,
  { validators, versions }: SecretGraph,
): Words | undefined {
  const release = releaseFor(versions, json.apiVersion);
  if (release?.schemas === undefined) return undefined;
  const fault = checkSchema(json, validators).find(({ id }) => id === 'unserved-kind');
  if (fault === undefined) return undefined;
  return {
    message: `${productOf(group)?.called} ${release.name} has no ${kind}`,
    hint: `Remove it, or run ${takenBy(json, fault, release, validators)}: that has it.`,
  };
}
