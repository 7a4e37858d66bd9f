import type { Kind } from '../kind.ts';
import { referenceReaders } from '../reference-readers.ts';
import { SOURCES } from './group.ts';
import { login } from './source-login.ts';

/** Where Flux reads from, and what it is let in with (docs/facts/flux.md#sources). */
export const fluxSources: readonly Kind[] = [
  ...referenceReaders(SOURCES, 'Bucket GitRepository HelmRepository', { byHand: login }),
  ...referenceReaders('image.toolkit.fluxcd.io', 'ImageRepository', { byHand: login }),
];
