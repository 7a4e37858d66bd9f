import { type Fault, fieldOf, type Path } from '../../ground/finding.ts';
import type { BuiltObject } from '../../ground/kube-object.ts';
import { documentPath } from '../spec/source-path.ts';
import type { SpecObject } from '../spec/spec.ts';

/** Objects that were built together, with what the spec calls them; the base has no name. */
interface Built {
  readonly environment: string | undefined;
  readonly objects: readonly BuiltObject[];
}

/** The patches of a spec after which no object of any environment is another than before. */
export function idlePatches(spec: SpecObject, all: readonly Built[]): Fault[] {
  const found = new Map<string, { readonly path: Path; readonly isIdle: boolean }>();
  for (const { environment, objects } of all) {
    for (const { patch } of objects) {
      if (patch === undefined) continue;
      const path = documentPath(spec, environment, patch.path);
      const field = fieldOf(path);
      found.set(field, { path, isIdle: patch.isIdle && found.get(field)?.isIdle !== false });
    }
  }
  return [...found.values()].filter(({ isIdle }) => isIdle).map(({ path }) => idlePatch(path));
}

function idlePatch(path: Path): Fault {
  return {
    id: 'idle-patch',
    message: `the patch of ${path.at(-1)} does nothing: all that it says is so without it`,
    hint: 'Take it out, or look whether a field is misspelt or stands in the wrong place.',
    path,
    isAboutName: true,
  };
}
