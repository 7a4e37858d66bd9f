import { oncePer } from '../../core/once.ts';
import { checkSchema } from '../../core/schema.ts';
import { isServedHere, type VersionFault, versionFault, versionHint } from '../../graph/objects.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { productOf, releaseFor, takenBy } from '../../kinds/products.ts';
import { error, type FaultText, type Rule } from '../rule.ts';

export const unservedVersion: Rule = error('unserved-version', 'objects', (object, graph) => {
  const fault = versionFault(object);
  const isWrong = fault !== undefined && !fault.isServed;
  const text = isWrong ? unserved(graph, object, fault) : laterKinds(graph)(object);
  return text && { path: ['apiVersion'], ...text };
});

/** Where nothing tells which version of an operator runs, an older one may: that is a warning. */
function unserved(graph: SecretGraph, object: PlacedObject, fault: VersionFault) {
  const { kind, json } = object;
  const isServed = isServedHere(graph, object);
  if (isServed === true) return undefined;
  if (isServed === false)
    return {
      message: `no cluster serves ${kind} of "${json.apiVersion}"`,
      hint: versionHint(fault),
    };
  return {
    severity: 'warning',
    message: `${kind} of "${json.apiVersion}" is not served since ${fault.since}, and nothing tells which version runs`,
    hint: `${versionHint(fault)} If an older version runs, tell it: --versions ${productOf(object.group)?.name}=VERSION.`,
  };
}

const laterKinds = oncePer((graph: SecretGraph) => {
  const byKind = new Map<string, FaultText | undefined>();
  return (object: PlacedObject) => {
    const id = `${object.json.apiVersion}/${object.kind}`;
    if (!byKind.has(id)) byKind.set(id, laterKind(object, graph));
    return byKind.get(id);
  };
});

function laterKind({ json, group, kind }: PlacedObject, { validators, versions }: SecretGraph) {
  const release = releaseFor(versions, json.apiVersion);
  if (release?.schemas === undefined) return undefined;
  const fault = checkSchema(json, validators).find(({ id }) => id === 'unserved-kind');
  if (fault === undefined) return undefined;
  return {
    message: `${productOf(group)?.called} ${release.name} has no ${kind}`,
    hint: `Remove it, or run ${takenBy(json, fault, release, validators)}: that has it.`,
  };
}
