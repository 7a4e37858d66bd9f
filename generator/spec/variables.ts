import type { Fault, Path } from '../core/finding.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { groupBy, hasText, isMap, mapAt, mapValues, valueAt } from '../core/json.ts';
import { knownNames } from '../core/names.ts';
import { clusterNameOf, layerPaths, layersOf } from './shared-clusters.ts';
import type { SpecObject } from './spec.ts';

/*
 * Variables of a spec: `${host}` in a value of it is the value that the environment gives to `host`, for the names that
 * `variables` of the base declares. Any other `${…}` stays, as shells and Flux write it too. Names are never filled in.
 */

type Values = ReadonlyMap<string, string>;

const BUILT_IN: readonly string[] = ['environment', 'namespace', 'cluster', 'name'];

/** The spec of an environment, or of the base, with the values of its variables. */
export function filledIn(spec: JsonObject, document: SpecObject, unit?: string): JsonObject {
  if (declaredIn(document).length === 0) return spec;
  const { variables: _, ...fields } = spec;
  return filledFields(fields, valuesIn(document, unit));
}

/** The document as one environment has it, with the values of its variables, in the places where they are written. */
export function documentIn(document: SpecObject, environment: string | undefined): SpecObject {
  if (declaredIn(document).length === 0) return document;
  const { clusters: _, environments: __, ...base } = document.spec;
  const values = valuesIn(document, environment);
  const layers = layerPaths(document, environment).slice(0, -1).reverse();
  const filled = layers.flatMap(path => {
    const [, field, name = ''] = path;
    const layer = valueAt(document, path);
    return isMap(layer) ? [[field, { [name]: filledFields(layer, values) }]] : [];
  });
  const spec = { ...filledFields(base as JsonObject, values), ...Object.fromEntries(filled) };
  return { ...document, spec };
}

/** The names of the variables of a spec, which may have any shape. */
export function declaredIn(document: unknown): string[] {
  return Object.keys(mapAt(document, 'spec', 'variables'));
}

/** A variable without a value has that of the first environment in the base, which is not applied if there are any. */
function valuesIn(document: SpecObject, unit: string | undefined): Values {
  const { metadata, spec } = document;
  const isBase = unit === undefined;
  const values = new Map<string, string>([
    ...writtenValues(document, unit ?? Object.keys(spec.environments ?? {})[0]),
    ...(isBase ? writtenValues(document, undefined) : []),
    ['name', metadata.name],
    ['environment', unit ?? 'base'],
    ['cluster', isBase ? (spec.cluster ?? metadata.name) : clusterNameOf(document, unit)],
  ]);
  const declared = new Set(declaredIn(document));
  const declaredValues = new Map([...values].filter(([name]) => declared.has(name)));
  const homes = layerPaths(document, unit).map(path => valueAt(document, [...path, 'namespace']));
  const home = homes.find(namespace => (namespace ?? null) !== null);
  if (!declared.has('namespace') || typeof home !== 'string') return declaredValues;
  return declaredValues.set('namespace', filledText(home, declaredValues));
}

function writtenValues(document: SpecObject, environment: string | undefined): Values {
  const layers = layerPaths(document, environment).reverse();
  const values = layers.flatMap(path => Object.entries(mapAt(document, ...path, 'variables')));
  return new Map(
    values.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  );
}

/** Fields of the base that are about all environments and not part of any. */
export const OF_THE_BASE: ReadonlySet<string> = new Set([
  'argocd',
  'clusters',
  'componentObjects',
  'environment',
  'environments',
  'environmentsFrom',
  'flux',
  'order',
] satisfies (keyof SpecObject['spec'])[]);

/** Fields in which variables are not filled in: those, the cluster of an environment, and the variables themselves. */
const NOT_FILLED_IN: ReadonlySet<string> = new Set([...OF_THE_BASE, 'cluster', 'variables']);

function filledFields(fields: JsonObject, values: Values): JsonObject {
  return changedFields(fields, [], text => filledText(text, values));
}

type Change = (text: string, path: Path) => string;

function changedFields(fields: JsonObject, path: Path, change: Change): JsonObject {
  return mapValues(fields, (value, name) =>
    NOT_FILLED_IN.has(name) ? value : changed(value, [...path, name], 0, change),
  );
}

function changed(value: Json, path: Path, depth: number, change: Change): Json {
  if (typeof value === 'string') return change(value, path);
  if (Array.isArray(value))
    return value.map((item, index) => changed(item, [...path, index], depth + 1, change));
  if (!isMap(value)) return value;
  return mapValues(value, (child, name) => {
    const isOfFile = depth === 1 && OF_FILES.has(name);
    return isOfFile ? child : changed(child, [...path, name], depth + 1, change);
  });
}

const OF_FILES: ReadonlySet<string> = new Set(['file', 'objects']);

const VARIABLE = /\$\{([A-Za-z][A-Za-z0-9_]*)\}/g;

function filledText(text: string, values: Values): string {
  return text.replace(VARIABLE, (all, name) => values.get(name) ?? all);
}

/** Reports variables without a value, without a use, and values of names that the base does not declare. */
export function variableFaults(document: SpecObject): Fault[] {
  const declared = declaredIn(document);
  const used = new Set(usesIn(document).map(({ name }) => name));
  const written = layersOf(document).flatMap(({ path, layer }) =>
    Object.entries(mapAt(layer, 'variables')).map(([name, value]) => {
      return { name, value, path: [...path, 'variables', name] };
    }),
  );
  return [
    ...written
      .filter(({ name }) => !declared.includes(name))
      .map(({ name, path }) => {
        const message = `the base declares no variable "${name}"`;
        const hint = `${knownNames('variables', name, declared)} Declare it in the base: variables: { ${name}: {} }.`;
        return { id: 'undeclared-variable', message, hint, path, isAboutName: true };
      }),
    ...written
      .filter(({ name, value }) => BUILT_IN.includes(name) && typeof value === 'string')
      .map(({ name, path }) => {
        const message = `"${name}" has its value by itself`;
        const hint = `Declare it in the base, ${name}: {}, or choose another name.`;
        return { id: 'not-allowed', message, hint, path, isAboutName: true };
      }),
    ...missingValues(document),
    ...declared
      .filter(name => !used.has(name))
      .map(name => ({
        id: 'unused-variable',
        message: `no value of the spec has "\${${name}}"`,
        hint: 'Use it, or take it out: names, and fields that are the same in all environments, are not filled in.',
        path: ['spec', 'variables', name],
        isAboutName: true,
      })),
  ];
}

/** In so many environments it is reported that a variable has no value. */
const MOST_MISSING = 20;

function missingValues(document: SpecObject): Fault[] {
  const names = declaredIn(document).filter(name => !BUILT_IN.includes(name));
  const counts = new Map<string, number>();
  return environmentsOf(document).flatMap(environment => {
    const values = writtenValues(document, environment);
    return names
      .filter(name => !values.has(name) && (counts.get(name) ?? 0) < MOST_MISSING)
      .map(name => {
        counts.set(name, (counts.get(name) ?? 0) + 1);
        const declaration: Path = ['spec', 'variables', name];
        const who = environment === undefined ? 'the spec' : `environment "${environment}"`;
        const message = `${who} gives the variable "${name}" no value`;
        const hint = `Write variables: { ${name}: … } there, or a value for all where it is declared.`;
        const fault = { id: 'missing-value', message, hint, path: declaration, isAboutName: true };
        if (environment === undefined) return fault;
        const related = [{ note: `"${name}" is declared here`, path: declaration }];
        return { ...fault, path: ['spec', 'environments', environment], related };
      });
  });
}

/** The environments; without any the base, as undefined. */
function environmentsOf({ spec }: SpecObject): readonly (string | undefined)[] {
  const names = Object.keys(spec.environments ?? {});
  return names.length > 0 ? names : [undefined];
}

function usesIn(document: SpecObject) {
  const uses: { readonly name: string; readonly path: Path }[] = [];
  for (const { path, layer } of layersOf(document))
    if (hasText(layer, text => text.includes('${')))
      changedFields(layer as JsonObject, path, (text, at) => {
        for (const [, name = ''] of text.matchAll(VARIABLE)) uses.push({ name, path: at });
        return text;
      });
  return uses;
}

/** A name in `${…}`, what it is in each environment, and where it stands. */
export interface ExplainedVariable {
  readonly name: string;
  /** By environment, or under `base` if there are none. Absent: no variable of the spec, so that the text stays. */
  readonly values?: ReadonlyMap<string, string>;
  readonly paths: readonly Path[];
}

/** Every `${…}` of a spec: first the variables that it declares, in their order, then what stays as it is, by name. */
export function explainedVariables(document: SpecObject): ExplainedVariable[] {
  const uses = groupBy(usesIn(document), ({ name }) => name);
  const pathsOf = (name: string): Path[] => (uses.get(name) ?? []).map(({ path }) => path);
  const declared = declaredIn(document);
  const valuesOf = environmentsOf(document).map(
    unit => [unit ?? 'base', valuesIn(document, unit)] as const,
  );
  return [
    ...declared.map(name => ({
      name,
      values: new Map(valuesOf.map(([unit, values]) => [unit, values.get(name) ?? ''])),
      paths: pathsOf(name),
    })),
    ...[...uses.keys()]
      .filter(name => !declared.includes(name))
      .sort()
      .map(name => ({ name, paths: pathsOf(name) })),
  ];
}
