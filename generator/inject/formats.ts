import { type Json, type JsonObject, textAt, withValueAt } from '../core/json.ts';
import { type KubeObject, nameOf } from '../core/kube-object.ts';
import type { Formats } from '../report/format.ts';
import { renderList } from '../report/text.ts';
import { RECORD } from '../spec/inject/annotations.ts';
import { patchOf, patchTarget } from '../spec/inject/patches.ts';
import { renderValue, renderYaml } from '../yaml/write.ts';

/** The post-renderers of a HelmRelease, a part of its spec, that inject (docs/facts/flux.md#post-renderers). */
function renderPostRenderers(objects: readonly InjectedObject[]): string {
  const patches = objects.flatMap(({ before, after }): JsonObject[] => {
    const target = patchTarget(before);
    return patchesOf(before, after).map(patch => ({ target, patch: renderValue(patch) }));
  });
  return renderValue({ spec: { postRenderers: [{ kustomize: { patches } }] } });
}

/** Merges the record in first, so that there is a map to which all other annotations can be added. */
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

/** An object without and with what is injected; the same object if nothing is. */
type InjectedObject = Readonly<Record<'before' | 'after', KubeObject>>;

/** `inject --output`. */
export const injectFormats: Formats<readonly InjectedObject[]> = {
  yaml: { render: objects => renderYaml(objects.map(({ after }) => after)) },
  json: { render: objects => renderList(objects.map(({ after }) => after)) },
  flux: { render: renderPostRenderers },
};
