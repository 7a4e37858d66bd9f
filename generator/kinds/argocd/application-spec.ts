import type { Path } from '../../ground/finding.ts';
import { type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { annotationOf, type Kind, type PlacedObject } from '../kind.ts';
import { argoApplication } from './application.ts';
import { applicationSet } from './application-set.ts';
import { optionIn, type SyncOption } from './sync-options.ts';

/** Applications and what makes them, and where the spec of an Application stands. */
const SPECS: ReadonlyMap<Kind | undefined, Path> = new Map<Kind, Path>([
  [argoApplication, ['spec']],
  [applicationSet, ['spec', 'template', 'spec']],
]);

/** The kinds that say how Argo CD treats what it syncs. */
export const APPLICATIONS: readonly Kind[] = [argoApplication, applicationSet];

/** Whether an object says how Argo CD treats what it syncs. */
export function isApplication({ known }: PlacedObject): boolean {
  return SPECS.has(known);
}

function specPath({ known }: PlacedObject): Path {
  return SPECS.get(known) ?? ['spec'];
}

/** The spec of an Application; of an ApplicationSet that of the Applications it makes. */
function applicationSpec(object: PlacedObject): JsonObject {
  return mapAt(object.json, ...specPath(object).map(String));
}

/** Where the sync policy stands. */
export function policyPath(object: PlacedObject): string[] {
  return [...specPath(object).map(String), 'syncPolicy'];
}

/** The namespace that an Application is for. */
export function destinationOf(application: PlacedObject): string {
  return textAt(applicationSpec(application), 'destination', 'namespace') ?? '';
}

/** The Application that Argo CD has written on an object (docs/facts/argocd.md#tracking). */
export function trackedBy(object: PlacedObject): string | undefined {
  return annotationOf(object, 'argocd.argoproj.io/tracking-id')?.split(':')[0];
}

/** Where an Application takes its manifests from. */
export function sourcesOf(application: PlacedObject): unknown[] {
  const spec = applicationSpec(application);
  return [mapAt(spec, 'source'), ...listAt(spec, 'sources')];
}

/** What matters to the objects that an Application no longer wants, as a text to compare. */
export function policyOf(application: PlacedObject): string {
  const { automated, syncOptions } = mapAt(applicationSpec(application), 'syncPolicy');
  const { finalizers } = mapAt(application.json, 'metadata');
  return JSON.stringify([automated, syncOptions, finalizers]);
}

/** Whether an Application deletes what Git no longer has without being asked. */
export function isPruning(application: PlacedObject): boolean {
  const automated = mapAt(applicationSpec(application), 'syncPolicy', 'automated');
  return automated['prune'] === true && automated['enabled'] !== false;
}

/** Whether an Application that Git has nothing for deletes all without being asked (docs/facts/argocd.md#empty-applications). */
export function isAllowingEmpty(application: PlacedObject): boolean {
  return mapAt(applicationSpec(application), 'syncPolicy', 'automated')['allowEmpty'] === true;
}

/** A sync option that an Application gives to all that it manages. */
export function applicationOption(application: PlacedObject, name: SyncOption): string | undefined {
  return optionIn(listAt(applicationSpec(application), 'syncPolicy', 'syncOptions'), name);
}
