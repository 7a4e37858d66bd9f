import type { KubeObject } from '../../ground/kube-object.ts';
import { renderYaml } from '../../make/objects/render-yaml.ts';
import { renderList } from '../json-text.ts';

/** An object as it was, and as it is with all that is injected: the same one where nothing is. */
export interface InjectedObject {
  readonly before: KubeObject;
  readonly after: KubeObject;
}

/** All objects as a stream of YAML documents. */
export function renderInjectedYaml(objects: readonly InjectedObject[]): string {
  return renderYaml(objects.map(({ after }) => after));
}

/** All objects as a List in JSON. */
export function renderInjectedJson(objects: readonly InjectedObject[]): string {
  return renderList(objects.map(({ after }) => after));
}
