import { type Fault, fieldOf, type Path } from '../../ground/finding.ts';
import type { BuiltObject } from '../../ground/kube-object.ts';
import { documentPath, inDocument } from '../spec/source-path.ts';
import type { SpecObject } from '../spec/spec.ts';
import type { Injected } from './injections.ts';

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

/** What was injected into one environment; the base has no name. */
interface InjectedEnvironment {
  readonly environment: string | undefined;
  readonly injected: Injected;
}

/** What is said of them. */
export const IDLE_INJECTIONS: ReadonlySet<string> = new Set([
  'idle-injection',
  'unknown-container',
  'unknown-shape',
  'unknown-workload',
]);

/**
 * The entries of `inject`, as the base or an environment says them, that are for nothing in any
 * environment. One that is for something in some of them is right: others may lack the workload.
 */
export function idleInjections(spec: SpecObject, all: readonly InjectedEnvironment[]): Fault[] {
  const found = new Map<string, Fault | undefined>();
  for (const { environment, injected } of all) {
    for (const { name, fault } of injected.entries) {
      const field = fieldOf(documentPath(spec, environment, ['inject', name]));
      if (fault === undefined) found.set(field, undefined);
      else if (!found.has(field) || found.get(field) !== undefined)
        found.set(field, inDocument([fault], spec, environment)[0]);
    }
  }
  return [...found.values()].filter(fault => fault !== undefined);
}
