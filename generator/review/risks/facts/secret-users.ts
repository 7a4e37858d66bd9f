import type { SecretGraph } from '../../../graph/secret-graph.ts';
import { isMap, type Json, mapAt } from '../../../ground/json.ts';
import type { ExternalSecret } from '../../../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import { readsOf } from './reads.ts';

/**
 * Whether anything may need the Secret of an ExternalSecret: a reader, an object of a kind that is
 * not known whose field for Secrets has its name, or what finds it by a label, as Argo CD finds
 * repositories.
 */
export function isUsed(graph: SecretGraph, secret: ExternalSecret): boolean {
  const { namespace, target } = secret;
  return (
    readsOf(graph, namespace, target).length > 0 ||
    isFoundByLabel(secret) ||
    graph.objects.some(object => object !== secret.object && isNaming(object, namespace, target))
  );
}

/** Labels that describe the Secret, or that CNPG asks for: nobody looks for Secrets by them. */
const DESCRIBING = /^(app\.kubernetes\.io|helm\.sh|cnpg\.io|kustomize\.toolkit\.fluxcd\.io)\//;

function isFoundByLabel({ spec }: ExternalSecret): boolean {
  const labels = mapAt(spec, 'target', 'template', 'metadata', 'labels');
  return Object.keys(labels).some(label => !DESCRIBING.test(label));
}

function isNaming(
  { json, namespace: home, kind }: PlacedObject,
  namespace: string,
  name: string,
): boolean {
  if (home !== '' && home !== namespace) return false;
  return !/ExternalSecret$/.test(kind) && hasText(mapAt(json, 'spec'), name, false);
}

/** Whether a text stands anywhere under a field that is for a Secret. */
function hasText(value: Json, text: string, isSecretField: boolean): boolean {
  if (Array.isArray(value)) return value.some(entry => hasText(entry, text, isSecretField));
  if (!isMap(value)) return isSecretField && value === text;
  return Object.entries(value).some(([field, child]) =>
    hasText(child, text, isSecretField || /secret/i.test(field)),
  );
}
