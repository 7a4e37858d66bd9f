import { type Json, type JsonObject, textAt, withValueAt } from '../core/json.ts';
import { type KubeObject, nameOf } from '../core/kube-object.ts';
import type { Formats } from '../report/format.ts';
import { renderList } from '../report/text.ts';
import { RECORD } from '../spec/inject/annotations.ts';
import { patchOf, patchTarget } from '../spec/inject/patches.ts';
import { renderValue, renderYaml } from '../yaml/write.ts';

/**
 * The post-renderers of a HelmRelease that make the same objects of what its chart renders
 * (docs/facts/flux.md#post-renderers): a part of its spec, to be put into its manifest.
 */
function renderPostRenderers(objects: readonly InjectedObject[]): string {
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

/** An object as it was, and as it is with all that is injected: the same one where nothing is. */
interface InjectedObject {
  readonly before: KubeObject;
  readonly after: KubeObject;
}

/** All objects as a stream of YAML documents. */
function renderInjectedYaml(objects: readonly InjectedObject[]): string {
  return renderYaml(objects.map(({ after }) => after));
}

/** All objects as a List in JSON. */
function renderInjectedJson(objects: readonly InjectedObject[]): string {
  return renderList(objects.map(({ after }) => after));
}

/** `inject --output`. */
export const injectFormats: Formats<readonly InjectedObject[]> = {
  yaml: { render: renderInjectedYaml },
  json: { render: renderInjectedJson },
  flux: { render: renderPostRenderers },
};
