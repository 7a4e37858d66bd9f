import { join, relative } from 'node:path';
import type { Host, Scratch } from '../../ground/host.ts';
import type { Closure } from './closure.ts';
import { editedKustomization } from './edit.ts';

/**
 * Writes what a kustomization is built from into a new folder, at the same places below the root,
 * without what is not to be read. kustomizations are written as JSON, which is the same to every
 * parser, and name their files without links.
 */
export function copied(closure: Closure, root: string, host: Host): Scratch {
  const room = host.room();
  const written = new Map<string, () => string | Uint8Array>();
  for (const [path, file] of closure.files) written.set(path, () => host.readFile(file));
  for (const kustomization of closure.kustomizations) {
    const { folder, name } = kustomization;
    const edited = (): unknown => editedKustomization(kustomization, closure, host);
    written.set(join(folder, name), () => JSON.stringify(edited()));
  }
  for (const { by, name, text } of closure.made) written.set(join(by.folder, name), () => text);
  for (const [path, content] of written) room.writeFile(relative(root, path), content());
  return room;
}
