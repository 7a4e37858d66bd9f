import { type Fault, type Outcome, ok } from '../core/finding.ts';
import { isMap, type JsonObject, scalarText } from '../core/json.ts';
import { annotationsOf, metadataOf } from '../core/kube-object.ts';
import { knownNames } from '../core/names.ts';
import { KRM, LOCAL_CONFIG } from '../kinds/krm.ts';

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
  /** What functions before this one found. */
  readonly results?: readonly unknown[];
  /** Fields that the specification does not know go out as they came. */
  readonly [field: string]: unknown;
}

/** A list of nothing, for a caller whose input was none. */
export const emptyList: ResourceList = {
  apiVersion: `${KRM}/v1`,
  kind: 'ResourceList',
  items: [],
};

/** kustomize and kpt send v1; v1beta1 is the same by the specification, and older kyaml sent v1alpha1. */
const VERSIONS: readonly string[] = [`${KRM}/v1`, `${KRM}/v1beta1`, `${KRM}/v1alpha1`];

/** The input as a ResourceList. Its lists may be missing, or null, as Go writes an empty list. */
export function resourceListOf(value: unknown): Outcome<ResourceList> {
  if (!isMap(value) || value['kind'] !== emptyList.kind) return { faults: [notResourceList] };
  const { apiVersion = emptyList.apiVersion, items: _, results: __, ...others } = value;
  const [items, results] = [listAt(value, 'items'), listAt(value, 'results')];
  const isKnown = typeof apiVersion === 'string' && VERSIONS.includes(apiVersion);
  if (isKnown && items !== undefined && results !== undefined)
    return ok({ ...others, apiVersion, kind: emptyList.kind, items, results });
  return {
    faults: [
      ...(isKnown ? [] : [unknownVersion(apiVersion)]),
      ...(items === undefined ? [noList('items')] : []),
      ...(results === undefined ? [noList('results')] : []),
    ],
  };
}

function listAt(value: JsonObject, field: string): readonly unknown[] | undefined {
  const list = value[field] ?? [];
  return Array.isArray(list) ? list : undefined;
}

const notResourceList: Fault = {
  id: 'no-resource-list',
  message: 'stdin is not a ResourceList',
  hint: 'Run it through kustomize or another KRM caller; by hand, use `rem-secrets render`.',
  path: [],
  offset: 0,
};

function unknownVersion(apiVersion: unknown): Fault {
  const version = scalarText(apiVersion);
  return {
    id: 'unknown-list-version',
    message: `"${version}" is no apiVersion of a ResourceList that is known`,
    hint: knownNames('apiVersions', version, VERSIONS),
    path: ['apiVersion'],
  };
}

function noList(field: string): Fault {
  return {
    id: 'no-resource-list',
    message: `stdin is not a ResourceList: its ${field} are no list`,
    hint: `Write ${field} as a list, or leave them out.`,
    path: [field],
  };
}

/**
 * Whether kustomize calls us as a generator: then all items are copies of functionConfig. An item with a
 * path is a file of the caller, as of kpt.
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
      annotations[LOCAL_CONFIG] === 'true' &&
      !Object.keys(annotations).some(key => key.endsWith(`${KRM}/path`))
    );
  });
}
