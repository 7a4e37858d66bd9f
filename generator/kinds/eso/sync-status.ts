import { textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';
import { refreshOf } from './refresh.ts';

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
