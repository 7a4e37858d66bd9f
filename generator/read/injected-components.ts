import type { Host } from '../ground/host.ts';
import { layersOf } from '../make/spec/merge-environment.ts';
import type { SpecObject } from '../make/spec/spec.ts';
import { componentObjects } from './component-objects.ts';

/** A spec with what its components add, where it injects anything; `beside` is the folder that `components/` is in. */
export function withInjectedComponents(spec: SpecObject, beside: Host): SpecObject {
  const layers = layersOf(spec);
  const names = new Set(layers.flatMap(({ components }) => components ?? []));
  const isInjecting = layers.some(({ inject }) => Object.keys(inject ?? {}).length > 0);
  if (!isInjecting || names.size === 0) return spec;
  return { ...spec, spec: { ...spec.spec, componentObjects: componentObjects(names, beside) } };
}
