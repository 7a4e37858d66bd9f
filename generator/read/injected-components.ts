import { dirname } from 'node:path';
import type { Host } from '../ground/host.ts';
import type { SpecObject } from '../make/spec/spec.ts';
import { componentObjects } from './component-objects.ts';

/** A spec with what its components add, where it injects anything: they lie beside it, in `components/`. */
export function withInjectedComponents(spec: SpecObject, file: string, host: Host): SpecObject {
  const { clusters = {}, environments = {} } = spec.spec;
  const layers = [spec.spec, ...Object.values(clusters), ...Object.values(environments)];
  const names = new Set(layers.flatMap(layer => layer?.components ?? []));
  const isInjecting = layers.some(layer => Object.keys(layer?.inject ?? {}).length > 0);
  if (!isInjecting || names.size === 0) return spec;
  const objects = componentObjects(names, host.below(dirname(file)));
  return { ...spec, spec: { ...spec.spec, componentObjects: objects } };
}
