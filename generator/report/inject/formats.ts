import type { Formats } from '../format.ts';
import { renderPostRenderers } from './flux.ts';
import { type InjectedObject, renderInjectedJson, renderInjectedYaml } from './objects.ts';

/** `inject --output`. */
export const injectFormats: Formats<readonly InjectedObject[]> = {
  yaml: { render: renderInjectedYaml },
  json: { render: renderInjectedJson },
  flux: { render: renderPostRenderers },
};
