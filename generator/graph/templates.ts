import type { Path } from '../source/finding.ts';
import { isMap } from '../spec/merge-environment.ts';
import type { ExternalSecret } from './external-secrets.ts';
import { type Item, listAt, mapAt, textAt } from './item.ts';
import type { SecretGraph } from './secret-graph.ts';

/** A template of an ExternalSecret: one of its own, or a file of a ConfigMap that it takes. */
export interface Template {
  readonly secret: ExternalSecret;
  readonly text: string;
  /** Where it is named in the ExternalSecret. */
  readonly path: Path;
  /** The ConfigMap it stands in. */
  readonly source?: Item;
}

/** All templates whose text is in the set. Those of Secrets are values and not looked at. */
export function templatesOf(secret: ExternalSecret, { find }: SecretGraph): Template[] {
  const path = [...secret.path, 'target', 'template'];
  const template = mapAt(secret.spec, 'target', 'template');
  const own = Object.entries(mapAt(template, 'data')).flatMap(([key, text]) =>
    typeof text === 'string' ? [{ secret, text, path: [...path, 'data', key] }] : [],
  );
  const taken = configMapFiles(secret).flatMap(({ name, key, path: at }) => {
    const source = find('ConfigMap', secret.namespace, name);
    const text = source === undefined ? undefined : textAt(source.object, 'data', key);
    return source === undefined || text === undefined ? [] : [{ secret, text, path: at, source }];
  });
  return [...own, ...taken];
}

/** A file of a ConfigMap that `templateFrom` names. */
export interface ConfigMapFile {
  readonly name: string;
  readonly key: string;
  readonly path: Path;
}

/** The files of ConfigMaps that an ExternalSecret takes templates from. */
export function configMapFiles({ spec, path }: ExternalSecret): ConfigMapFile[] {
  return listAt(spec, 'target', 'template', 'templateFrom').flatMap((source, index) => {
    const at = [...path, 'target', 'template', 'templateFrom', index, 'configMap'];
    const name = textAt(source, 'configMap', 'name');
    return listAt(source, 'configMap', 'items').flatMap((item, number): ConfigMapFile[] => {
      const key = isMap(item) ? textAt(item, 'key') : undefined;
      if (name === undefined || key === undefined) return [];
      return [{ name, key, path: [...at, 'items', number, 'key'] }];
    });
  });
}
