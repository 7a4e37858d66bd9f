import type { Path } from '../../core/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../core/json.ts';
import { durationSeconds } from '../../core/units.ts';
import { type Content, type PlacedObject, type Served, specOf } from '../kind.ts';

/** External Secrets Operator: its CRDs of 1.3.2 and 2.x. */
export const ESO = 'external-secrets.io';
export const GENERATORS = 'generators.external-secrets.io';

export const served: Served = {
  versions: ['v1'],
  since: 'External Secrets Operator 0.17',
  operator: { name: 'external-secrets', version: [0, 17] },
};

/** What has been v1alpha1 from the beginning. */
export const servedAlpha: Served = {
  versions: ['v1alpha1'],
  since: 'its first release in External Secrets Operator',
};

/** `secretKey` is the name of a key wherever ESO has it. */
export function nameOfKey(path: Path): Content | undefined {
  return path.at(-1) === 'secretKey' ? 'name' : undefined;
}

/**
 * Whether a text is a template of an ExternalSecret, in one or in the settings of a chart that makes
 * them, or one of those that a PushSecret has; a SealedSecret took them over.
 */
export function isTemplatePlace(path: Path): boolean {
  const at = path.indexOf('template');
  if (at < 1) return false;
  const [before, field] = [path[at - 1], path[at + 1]];
  if (field === 'templateFrom') return path.at(-1) === 'literal';
  const isPushed = path[0] === 'spec' && (at === 1 || before === 'pushSecretSpec');
  return field === 'data' && (before === 'target' || isPushed);
}

/** The event with the cause of what a condition only tells in general (docs/facts/eso.md#conditions-of-a-sync). */
export const SYNC_FAILED = 'UpdateFailed';

/** Reasons of a Ready ExternalSecret that has no Secret all the same. */
export const NOTHING_MADE: readonly string[] = ['SecretMissing', 'SecretDeleted'];

/** What went wrong with an entry, as far as it decides what mends it. */
export type SyncCause = 'missing entry' | 'no permission' | 'another owner' | 'other';

/** What AWS and an API server say to whom may not read, and providers of what is not there. */
const DENIED = /AccessDenied|not authorized to perform|is forbidden: User /i;
const MISSING =
  /Secret does not exist|Parameter(?:Version)?NotFound|ResourceNotFoundException|secrets "[^"\s]{1,253}" not found/;
const NO_PROPERTY = /(?:key|property) \S{1,300} does not exist in (?:secret|key|data)/;

/** The cause in an event's words. */
export function syncCause(message: string): SyncCause {
  if (DENIED.test(message)) return 'no permission';
  if (MISSING.test(message) || lacksProperty(message)) return 'missing entry';
  return /owned by another|ownership|immutable/.test(message) ? 'another owner' : 'other';
}

/** The entry is there, and has not the property that is read. */
export function lacksProperty(message: string): boolean {
  return NO_PROPERTY.test(message);
}

/** The entry that an event is about: `spec.data[3]`. */
export function failedEntry(
  message: string,
): { readonly field: 'data' | 'dataFrom'; readonly index: number } | undefined {
  const [, field, index] = /spec\.(data|dataFrom)\[(\d{1,5})\]/.exec(message) ?? [];
  if (index === undefined) return undefined;
  return { field: field === 'dataFrom' ? 'dataFrom' : 'data', index: Number(index) };
}

/** When ESO last brought the Secret up to date: it says so only of a success. */
export function refreshTime({ json }: PlacedObject): string | undefined {
  return textAt(json, 'status', 'refreshTime');
}

/** The seconds after which ESO does it again; undefined: at no certain time. */
export function refreshSeconds(object: PlacedObject): number | undefined {
  const spec = specOf(object);
  const { isActive, seconds } = refreshOf(spec);
  const hasWindows = Object.hasOwn(spec, 'syncWindows') || Object.hasOwn(spec, 'syncWindow');
  return isActive && !hasWindows ? seconds : undefined;
}

/** How often an ExternalSecret's Secret is written anew. */
export interface Refresh {
  /** Absent: decided by the interval alone. */
  readonly policy?: string;
  /** As written. */
  readonly interval?: string;
  /** Zero: never again. Undefined: not a duration. */
  readonly seconds: number | undefined;
  /** New values reach the Secret by themselves. */
  readonly isActive: boolean;
  readonly isImmutable: boolean;
}

/** The interval of an ExternalSecret without one (docs/facts/eso.md#defaults). */
const DEFAULT_SECONDS = 3600;

/** When and how often an ExternalSecret or PushSecret works anew, by its spec. */
export function refreshOf(spec: JsonObject): Refresh {
  const policy = textAt(spec, 'refreshPolicy');
  const interval = textAt(spec, 'refreshInterval');
  const seconds = interval === undefined ? DEFAULT_SECONDS : durationSeconds(interval);
  const isStopped = policy === 'CreatedOnce' || policy === 'OnChange' || seconds === 0;
  const isImmutable = mapAt(spec, 'target')['immutable'] === true;
  return {
    ...(policy !== undefined && { policy }),
    ...(interval !== undefined && { interval }),
    seconds,
    isActive: !isStopped && !isImmutable,
    isImmutable,
  };
}

/** Whether anything of a spec comes out of a store; what comes from generators alone is made once. */
export function isFetched(spec: JsonObject): boolean {
  const isAsking = (entry: unknown): boolean => !isMap(mapAt(entry, 'sourceRef')['generatorRef']);
  return listAt(spec, 'data').length > 0 || listAt(spec, 'dataFrom').some(isAsking);
}
