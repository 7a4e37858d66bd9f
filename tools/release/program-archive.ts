import { CERTIFICATES, HEAP } from '../../generator/shell/tune.ts';
import { compiledEntries } from './compiled-code.ts';
import { kustomizeEntries } from './kustomize.ts';
import { nodeEntries, packageEntries } from './parts.ts';
import { type Entry, tarOf } from './tar.ts';

/**
 * The program with a Node and a kustomize of its own, as a tar: unpacked anywhere it runs, and through a link too.
 * Not Node's single executable: that is one script, and half of this program is loaded when it is
 * needed, from compiled code that is kept beside it (generator/shell/start.ts).
 */
export function programArchive(
  root: string,
  folder: string,
  programs: readonly Entry[] = [
    ...compiledEntries(root, folder, [HEAP]),
    ...nodeEntries(folder),
    ...kustomizeEntries(root, folder),
  ],
): Buffer {
  return tarOf([
    ...packageEntries(root, folder),
    ...programs,
    launcher(folder, 'rem-secrets'),
    launcher(folder, 'rem-secrets-fn'),
    { path: `${folder}/kubectl-rem_secrets`, link: 'rem-secrets' }, // The name that kubectl looks for.
  ]);
}

/** What the launcher of a clone has too. */
export const NODE_AS_NEEDED: string = `heap=
case \${1-} in diff | lint) heap=${HEAP} ;; esac
${CERTIFICATES}
`;

/** Says of what is closed that it is, as generator/rem-secrets does. */
function launcher(folder: string, name: string): Entry {
  const text = `#!/bin/sh
self=$0
[ -L "$self" ] && self=$(readlink -f "$self")
here=\${self%/*}
{ true 3<&0; } 2>/dev/null || exec 0>/dev/null
{ true 3>&1; } 2>/dev/null || exec 1</dev/null
${NODE_AS_NEEDED}exec "$here/bin/node" $heap "$here/dist/start/${name}.cjs" "$@"
`;
  return { path: `${folder}/${name}`, bytes: Buffer.from(text), isExecutable: true };
}
