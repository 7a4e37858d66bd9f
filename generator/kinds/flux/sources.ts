import { textAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { referenceReaders } from '../secret-refs.ts';
import { SOURCES } from './group.ts';

/** Where Flux reads from, and what it is let in with (docs/facts/flux.md#sources). */
export const fluxSources: readonly Kind[] = [
  ...referenceReaders(SOURCES, 'Bucket GitRepository HelmRepository', { byHand: login }),
  ...referenceReaders('image.toolkit.fluxcd.io', 'ImageRepository', { byHand: login }),
];

/** What opens the door cannot lie behind it: `flux bootstrap` and `flux create secret` make it. */
export function login(object: PlacedObject): string[] {
  const name = textAt(specOf(object), 'secretRef', 'name');
  return name === undefined ? [] : [name];
}
