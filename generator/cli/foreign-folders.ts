import { join } from 'node:path';
import { type Host, textOf } from '../ground/host.ts';
import { GENERATED } from '../make/kustomize/folder-files.ts';

/** The folders that `expand` would write into here, and that have what somebody else wrote. */
export function foreignFolders(host: Host): string[] {
  const overlays = (host.entriesIn('overlays') ?? []).map(({ name }) => join('overlays', name));
  return ['base', ...overlays].filter(folder => {
    const file = join(folder, 'kustomization.yaml');
    return host.kindOf(file) === 'file'
      ? !textOf(file, host).startsWith(GENERATED)
      : host.kindOf(folder) === 'folder';
  });
}
