import { type Fault, fieldOf } from '../../ground/finding.ts';
import { documentPath, inDocument } from '../spec/source-path.ts';
import type { SpecObject } from '../spec/spec.ts';
import type { Injected } from './injections.ts';

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
