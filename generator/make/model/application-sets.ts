import { type Fault, type Outcome, outcome } from '../../ground/finding.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { ApplicationSetsSpec, ArgocdSpec } from '../spec/deployer-spec.ts';

/** One ApplicationSet that makes the Applications of all environments. */
export interface ApplicationSets {
  /** Patterns of the namespaces that environments may have. */
  readonly namespaces: readonly string[];
  /** Groups that are synced one after the other; none: all at once. */
  readonly steps: readonly Step[];
  /** The step of each environment, by their names; empty without steps. */
  readonly stepOf: ReadonlyMap<string, string>;
}

interface Step {
  readonly name: string;
  /** How many are synced at a time: a number, or a percentage as text. */
  readonly maxUpdate: number | string | undefined;
}

/** From so many environments on, one ApplicationSet makes their Applications, if the spec does not say. */
export const SETS_FROM = 50;

/** What the spec says of ApplicationSets, or what its environments are reason for; undefined: there are none. */
export function wantedSets(
  { applicationSets }: Pick<ArgocdSpec, 'applicationSets'>,
  environments: number,
): ApplicationSetsSpec | undefined {
  const wanted = applicationSets ?? environments >= SETS_FROM;
  if (wanted === false || environments === 0) return undefined;
  return wanted === true ? {} : wanted;
}

/** The spec's `argocd.applicationSets` → what it means. Reports environments without a step. */
export function resolveApplicationSets(
  { namespaces = [], steps = [] }: ApplicationSetsSpec,
  environments: readonly string[],
): Outcome<ApplicationSets> {
  const faults = steps.flatMap(({ environments: patterns = [] }, step) =>
    patterns.flatMap((pattern, at) =>
      environments.some(name => isFit(name, pattern))
        ? []
        : [noneFits(pattern, environments, [...STEPS, step, 'environments', at])],
    ),
  );
  const stepOf = new Map<string, string>();
  for (const name of steps.length === 0 ? [] : environments) {
    const own = steps.find(({ environments: patterns = ['*'] }) =>
      patterns.some(pattern => isFit(name, pattern)),
    );
    if (own === undefined) faults.push(noStep(name));
    else stepOf.set(name, own.name);
  }
  const resolved = steps.map(({ name, maxUpdate }): Step => ({ name, maxUpdate }));
  return outcome({ namespaces, steps: resolved, stepOf }, faults);
}

const STEPS = ['spec', 'argocd', 'applicationSets', 'steps'];

/** Whether a name is one that a pattern means, in which `*` stands for anything. */
export function isFit(name: string, pattern: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

function noneFits(pattern: string, known: readonly string[], path: Fault['path']): Fault {
  const message = `no environment fits "${pattern}"`;
  return {
    id: 'unknown-environment',
    message,
    hint: knownNames('environments', pattern, known),
    path,
  };
}

function noStep(environment: string): Fault {
  return {
    id: 'no-step',
    message: `environment "${environment}" is in no step, and Argo CD would never sync it`,
    hint: 'Leave `environments` out of the last of argocd.applicationSets.steps: it then has all others.',
    path: ['spec', 'environments', environment],
    isAboutName: true,
  };
}
