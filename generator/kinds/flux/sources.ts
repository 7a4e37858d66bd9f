import { textAt } from '../../ground/json.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { referenceReaders } from '../reference-readers.ts';

/** Where Flux reads from, and what it is let in with (docs/facts/flux.md#sources). */
export const fluxSources: readonly Kind[] = [
  ...referenceReaders(
    'source.toolkit.fluxcd.io',
    'Bucket GitRepository HelmChart HelmRepository OCIRepository',
    { mayMake: login },
  ),
  ...referenceReaders('image.toolkit.fluxcd.io', 'ImageRepository', { mayMake: login }),
];

/** What opens the door cannot lie behind it: `flux bootstrap` and `flux create secret` make it. */
function login(item: Item): string[] {
  const name = textAt(specOf(item), 'secretRef', 'name');
  return name === undefined ? [] : [name];
}
