import type { KubeObject } from '../ground/kube-object.ts';
import { renderYaml } from '../make/objects/render-yaml.ts';
import type { Formats } from './format.ts';
import { renderList } from './json-text.ts';

/** `render --output`. */
export const objectFormats: Formats<readonly KubeObject[]> = {
  yaml: { render: renderYaml },
  json: { render: renderList },
};
