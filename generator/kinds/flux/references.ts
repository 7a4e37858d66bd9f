import { mapAt, mapsAt, textAt } from '../../core/json.ts';
import { configMap } from '../core/secret.ts';
import { type Kind, type ObjectField, type PlacedObject, specOf } from '../kind.ts';
import { helmChart, helmRelease } from './helm-release.ts';
import { externalArtifact, fluxKustomization } from './kustomization.ts';
import { fluxSources, ociRepository } from './sources.ts';

/** The kinds whose objects wait for others of the same kind, and take from sources (docs/facts/flux.md#references). */
export const WAITING: readonly Kind[] = [fluxKustomization, helmRelease];

/** What files and charts are taken from (docs/facts/flux.md#references). */
export const SOURCE_KINDS: readonly Kind[] = [
  ...fluxSources,
  ociRepository,
  helmChart,
  externalArtifact,
];

/** An object that another names, with the place of the name. */
export interface FluxReference extends ObjectField, Readonly<Record<'namespace' | 'name', string>> {
  readonly kind: Kind;
  /** What the one that names it does with it. */
  readonly use: 'wait for' | 'take from';
}

/** What an object waits for, by default in its own namespace. */
export function dependenciesOf(object: PlacedObject): FluxReference[] {
  const { knownKind: kind } = object;
  if (kind === undefined) return [];
  return mapsAt(specOf(object), ['spec'], 'dependsOn').flatMap(({ map, path }) =>
    reference(object, kind, map, { path, use: 'wait for' }),
  );
}

/** The sources that it takes from. */
export function sourcesOf(object: PlacedObject): FluxReference[] {
  const places = [['sourceRef'], ['chartRef'], ['chart', 'spec', 'sourceRef']];
  return places.flatMap(steps => {
    const ref = mapAt(specOf(object), ...steps);
    const kind = SOURCE_KINDS.find(source => source.kind === ref['kind']);
    const path = ['spec', ...steps];
    return kind === undefined ? [] : reference(object, kind, ref, { path, use: 'take from' });
  });
}

/** The ConfigMaps of its namespace that it needs for values. */
export function settingsOf(object: PlacedObject): FluxReference[] {
  const spec = specOf(object);
  const lists = [['postBuild', 'substituteFrom'], ['valuesFrom']];
  const entries = lists.flatMap(steps => mapsAt(spec, ['spec'], ...steps));
  return entries.flatMap(({ map, path }) =>
    map['kind'] !== configMap.kind || map['optional'] === true
      ? []
      : reference(object, configMap, { name: map['name'] }, { path, use: 'take from' }),
  );
}

function reference(
  object: PlacedObject,
  kind: Kind,
  ref: object,
  { path, use }: Pick<FluxReference, 'path' | 'use'>,
): FluxReference[] {
  const name = textAt(ref, 'name');
  // Flux's bootstrap or its operator makes this one.
  if (name === undefined || name === 'flux-system') return [];
  const namespace = textAt(ref, 'namespace') ?? object.namespace;
  return [{ object, path: [...path, 'name'], kind, namespace, name, use }];
}
