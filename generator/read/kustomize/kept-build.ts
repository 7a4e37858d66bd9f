import { relative } from 'node:path';
import type { Host, Run } from '../../ground/host.ts';
import { keptRun } from '../kept-run.ts';
import type { Buildable } from './buildable.ts';
import type { Closure } from './closure.ts';
import { kustomizeForm } from './kustomize-tool.ts';

/** How kustomize is run: raised when the same files come to mean something else. */
const FORM = 1;

/**
 * What kustomize built before of the same files in the same way, or what it builds now. Secrets that
 * it makes of files are for this run alone.
 */
export function keptBuild(
  closure: Closure,
  buildable: Buildable,
  host: Host,
  begin: () => () => Run,
): () => Run {
  return keptRun(host.kept(partsOf(closure, buildable, host)), begin, SECRET);
}

/** kustomize writes objects as blocks, each with its kind at the margin. */
const SECRET = /^kind: ["']?Secret\b/m;

function partsOf(
  { files, kustomizations, unread, made }: Closure,
  { root, folder, isUnrestricted = false }: Buildable,
  host: Host,
): (string | Uint8Array)[] {
  const below = (place: string): string => relative(root, place);
  const left = unread.map(({ by, load, reason }) => [below(by.folder), by.name, load.path, reason]);
  const form = [
    FORM,
    kustomizeForm(host),
    isUnrestricted,
    host.isVirtual === true,
    below(host.realPath(folder) ?? folder),
    left,
  ];
  return [
    JSON.stringify(form),
    ...kustomizations.flatMap(({ folder: own, name, text }) => [below(own), name, text]),
    ...made.flatMap(({ by, name, text }) => [below(by.folder), name, text]),
    ...[...files].flatMap(([path, file]) => [below(path), below(file), host.readFile(file)]),
  ];
}
