import type { Path } from '../../ground/finding.ts';
import { isMap } from '../../ground/json.ts';

/** Something that a kustomization, or what sets up a function, has kustomize load. */
export interface Load {
  readonly kind: LoadKind;
  /** As it is written; of a chart nothing. */
  readonly entry: string;
  readonly path: Path;
  /** What of the document goes when it is not to be loaded. */
  readonly unit: Path;
}

/**
 * `base`: a file of objects, or a folder with a kustomization. `function`: the same, or YAML, of what
 * sets up a generator, transformer or validator. `source`: a file, with a key before it or without.
 */
type LoadKind = 'base' | 'function' | 'file' | 'source' | 'chart';

/** A field, each item of a list as `*`, and how many steps of it are the unit. */
type Field = readonly [kind: LoadKind, field: string, unit?: number];

const GENERATOR: readonly Field[] = [
  ['source', 'files.*'],
  ['source', 'envs.*'],
  ['source', 'env'],
];

/**
 * The fields of a kustomization that name something to load (kustomize, api/types/kustomization.go
 * and every caller of Loader.Load and Loader.New).
 */
const FIELDS: readonly Field[] = [
  ['base', 'resources.*'],
  ['base', 'bases.*'],
  ['base', 'components.*'],
  ['function', 'generators.*'],
  ['function', 'transformers.*'],
  ['function', 'validators.*'],
  ['file', 'crds.*'],
  ['file', 'configurations.*'],
  ['file', 'openapi.path', 1],
  ['file', 'patches.*.path', 2],
  ['file', 'patchesStrategicMerge.*'],
  ['file', 'patchesJson6902.*.path', 2],
  ['file', 'replacements.*.path', 2],
  ...['configMapGenerator', 'secretGenerator'].flatMap(name =>
    GENERATOR.map(([kind, field]): Field => [kind, `${name}.*.${field}`]),
  ),
  ['chart', 'helmCharts.*'],
  ['chart', 'helmChartInflationGenerator.*'],
];

/** The fields that kustomize's own functions load (api/internal/builtins), whichever it is. */
const FUNCTION_FIELDS: readonly Field[] = [
  ...GENERATOR,
  ['file', 'path'],
  ['file', 'paths.*'],
  ['file', 'replacements.*.path'],
  ['file', 'targetFilePath'],
];

/** kustomize's own function that calls helm. */
const CHART = 'HelmChartInflationGenerator';

/** What a kustomization has loaded. */
export function loadsIn(kustomization: unknown): Load[] {
  return FIELDS.flatMap(field => loadsAt(kustomization, field));
}

/** What an object that sets up a function has loaded, also in what it holds, as a List does. */
export function functionLoads(object: unknown): Load[] {
  if (typeof object !== 'object' || object === null) return [];
  const isChart = valuesAt(object, ['kind']).some(({ value }) => value === CHART);
  return [
    ...(isChart ? [{ kind: 'chart', entry: '', path: [], unit: [] } as const] : []),
    ...FUNCTION_FIELDS.flatMap(field => loadsAt(object, field)),
    ...Object.values(object).flatMap(functionLoads),
  ];
}

function loadsAt(document: unknown, [kind, field, steps]: Field): Load[] {
  return valuesAt(document, field.split('.')).flatMap(({ value, path }) =>
    typeof value === 'string' || kind === 'chart'
      ? [{ kind, entry: typeof value === 'string' ? value : '', path, unit: path.slice(0, steps) }]
      : [],
  );
}

interface Found {
  readonly value: unknown;
  readonly path: Path;
}

/** What stands at a field: several values, as its name may be there in several cases. */
export function valuesAt(document: unknown, [step, ...rest]: readonly string[]): Found[] {
  if (step === undefined) return [{ value: document, path: [] }];
  return entriesAt(document, step).flatMap(([key, value]) =>
    valuesAt(value, rest).map(found => ({ ...found, path: [key, ...found.path] })),
  );
}

function entriesAt(value: unknown, step: string): (readonly [string | number, unknown])[] {
  if (step === '*') return Array.isArray(value) ? [...value.entries()] : [];
  return isMap(value) ? Object.entries(value).filter(([key]) => isField(key, step)) : [];
}

/** Go's decoder of JSON takes a name in any case, by Unicode's simple folding: `reſources` too. */
export function isField(key: string, field: string): boolean {
  return key === field || folded(key) === folded(field);
}

function folded(name: string): string {
  return name.toUpperCase().toLowerCase();
}
