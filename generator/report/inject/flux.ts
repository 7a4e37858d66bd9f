import { withValueAt } from '../../ground/changed-value.ts';
import { type Json, type JsonObject, textAt } from '../../ground/json.ts';
import { type KubeObject, nameOf } from '../../ground/kube-object.ts';
import { patchOf, patchTarget } from '../../make/inject/patches.ts';
import { RECORD } from '../../make/inject/record.ts';
import { renderValue } from '../../make/objects/render-yaml.ts';
import type { InjectedObject } from './objects.ts';

/**
 * The post-renderers of a HelmRelease that make the same objects of what its chart renders
 * (docs/facts/flux.md#post-renderers): a part of its spec, to be put into its manifest.
 */
export function renderPostRenderers(objects: readonly InjectedObject[]): string {
  const patches = objects.flatMap(({ before, after }): JsonObject[] => {
    const target = patchTarget(before);
    return patchesOf(before, after).map(patch => ({ target, patch: renderValue(patch) }));
  });
  return renderValue({ spec: { postRenderers: [{ kustomize: { patches } }] } });
}

/** The record is merged in first: all other annotations then have a map that they can be added to. */
function patchesOf(before: KubeObject, after: KubeObject): Json[] {
  const { apiVersion, kind, metadata } = before;
  const record = textAt(after, 'metadata', 'annotations', RECORD);
  const isNew = record !== undefined && record !== metadata.annotations?.[RECORD];
  const annotations = { [RECORD]: record ?? '' };
  const noted = isNew ? withValueAt(before as unknown as Json, PLACE, record) : before;
  const operations = patchOf(noted as unknown as KubeObject, after);
  return [
    ...(isNew ? [{ apiVersion, kind, metadata: { name: nameOf(before), annotations } }] : []),
    ...(operations.length > 0 ? [operations as unknown as Json] : []),
  ];
}

const PLACE = ['metadata', 'annotations', RECORD];
