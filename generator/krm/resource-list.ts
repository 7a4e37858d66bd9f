import { scalarText } from '../source/scalar-text.ts';
import { isMap } from '../spec/merge-environment.ts';

/*
 * The KRM function protocol (kustomize, cmd/config/docs/api-conventions/functions-spec.md): a
 * ResourceList comes in on stdin and goes out on stdout.
 */

/** What a KRM function reads and writes; `items` are the objects of its caller. */
export interface ResourceList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: readonly unknown[];
  readonly functionConfig?: unknown;
}

/** A list of nothing, for a caller whose input was none. */
export const emptyList: ResourceList = {
  apiVersion: 'config.kubernetes.io/v1',
  kind: 'ResourceList',
  items: [],
};

/** A ResourceList, or undefined when the input is something else. */
export function asResourceList(value: unknown): ResourceList | undefined {
  if (!isMap(value) || value['kind'] !== emptyList.kind) return undefined;
  const { apiVersion = emptyList.apiVersion, kind, items, functionConfig } = value;
  const isList = Array.isArray(items) || items === undefined || items === null;
  return isList
    ? { apiVersion: scalarText(apiVersion), kind, items: items ?? [], functionConfig }
    : undefined;
}

/** What stands under `metadata` of anything, object or not. */
export function metadataOf(object: unknown): Readonly<Record<string, unknown>> {
  const metadata = isMap(object) ? object['metadata'] : undefined;
  return isMap(metadata) ? metadata : {};
}

/** The annotations of anything, object or not. */
export function annotationsOf(object: unknown): Readonly<Record<string, unknown>> {
  const { annotations } = metadataOf(object);
  return isMap(annotations) ? annotations : {};
}

/**
 * Whether kustomize calls us as a generator: then the items are its copies of functionConfig,
 * which it throws away. An item with a path is a file of the caller's, as kpt has them.
 */
export function isGeneratorCall({ items, functionConfig }: ResourceList): boolean {
  const { name } = metadataOf(functionConfig);
  return items.every(item => {
    const annotations = annotationsOf(item);
    return (
      isMap(item) &&
      isMap(functionConfig) &&
      item['kind'] === functionConfig['kind'] &&
      metadataOf(item)['name'] === name &&
      annotations['config.kubernetes.io/local-config'] === 'true' &&
      !Object.keys(annotations).some(key => key.endsWith('config.kubernetes.io/path'))
    );
  });
}
