import { renderYaml } from '../../make/objects/render-yaml.ts';
import { renderList } from '../object-list.ts';
import type { InjectedObject } from './injected-objects.ts';

/** All objects as a stream of YAML documents. */
export function renderInjectedYaml(objects: readonly InjectedObject[]): string {
  return renderYaml(objects.map(({ after }) => after));
}

/** All objects as a List in JSON. */
export function renderInjectedJson(objects: readonly InjectedObject[]): string {
  return renderList(objects.map(({ after }) => after));
}
