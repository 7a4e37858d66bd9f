import type { Json, JsonObject } from '../generator/core/json.ts';
import type { KubeObject } from '../generator/core/kube-object.ts';
import { objectsOf } from './machine.ts';

interface SetSpec {
  readonly generators: readonly [
    { readonly git: { readonly files: readonly [{ readonly path: string }] } },
  ];
  readonly template: JsonObject;
}

/**
 * What the git files generator and `goTemplate` with `missingkey=error` make of a repository's files:
 * as applicationset/generators/git.go and utils/template.go of Argo CD 3.5 do it, as far as our
 * ApplicationSet goes. A `*` may span folders, as in a pathspec of git.
 */
export function generated(
  set: KubeObject,
  files: Iterable<readonly [path: string, text: string]>,
): KubeObject[] {
  const { generators, template } = set['spec'] as unknown as SetSpec;
  const [{ git }] = generators;
  const pattern = new RegExp(`^${git.files[0].path.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  return [...files]
    .filter(([path]) => pattern.test(path))
    .map(([path, text]) => {
      const folder = path.slice(0, path.lastIndexOf('/'));
      const basename = folder.slice(folder.lastIndexOf('/') + 1);
      const [given] = objectsOf(text);
      const parameters = { ...given, path: { path: folder, basename } };
      const { metadata, spec } = filled(template, parameters) as Record<string, JsonObject>;
      const own = { ...metadata, namespace: set.metadata.namespace };
      const object = { apiVersion: set.apiVersion, kind: 'Application', metadata: own, spec };
      return object as unknown as KubeObject;
    });
}

function filled(value: Json, parameters: unknown): Json {
  if (typeof value === 'string')
    return value.replaceAll(/\{\{ \.([\w.]+) \}\}/g, (_, path: string) => {
      const found = path
        .split('.')
        .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], parameters);
      if (typeof found !== 'string') throw new Error(`no entry for key ${path}`);
      return found;
    });
  if (Array.isArray(value)) return value.map(item => filled(item, parameters));
  if (typeof value !== 'object' || value === null) return value;
  // What is empty is left out of an Application: omitempty in Argo CD's types.
  const entries = Object.entries(value)
    .map(([name, child]) => [name, filled(child, parameters)] as const)
    .filter(([, child]) => child !== '');
  return Object.fromEntries(entries);
}
