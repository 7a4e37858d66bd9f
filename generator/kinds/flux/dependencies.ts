import type { Path } from '../../ground/finding.ts';
import { listAt, textAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { helmRelease } from './helm-release.ts';
import { fluxKustomization } from './kustomization.ts';

/** The kinds that wait for others of their own kind (docs/facts/flux.md#dependencies). */
export const WAITING: readonly Kind[] = [fluxKustomization, helmRelease];

/** Another that an object waits for, and the field that names it. */
interface Dependency {
  readonly namespace: string;
  readonly name: string;
  readonly path: Path;
}

/** What an object waits for: of its own namespace, where no other is named. */
export function dependenciesOf(object: PlacedObject): Dependency[] {
  return listAt(specOf(object), 'dependsOn').flatMap((entry, index) => {
    const name = textAt(entry, 'name');
    // What Flux is set up with is made by its bootstrap, or by its operator.
    if (name === undefined || name === 'flux-system') return [];
    const namespace = textAt(entry, 'namespace') ?? object.namespace;
    return [{ namespace, name, path: ['spec', 'dependsOn', index, 'name'] }];
  });
}
