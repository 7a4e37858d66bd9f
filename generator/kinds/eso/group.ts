import type { Path } from '../../core/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../core/json.ts';
import { durationSeconds } from '../../core/units.ts';
import { type Content, type PlacedObject, type Served, specOf } from '../kind.ts';

/** External Secrets Operator: its CRDs of 1.3.2 and 2.x. */
export const ESO = 'external-secrets.io';
export const GENERATORS = 'generators.external-secrets.io';

export const served: Served = {
  versions: ['v1'],
  /** docs/facts/eso.md#versions */
  alike: ['v1beta1'],
  since: 'External Secrets Operator 0.17',
  operator: { name: 'external-secrets', version: [0, 17], subscribed: lastSubscribed },
};

/** The last version of the package in OLM's community catalogue (docs/facts/eso.md#versions). */
function lastSubscribed(object: PlacedObject): readonly [number, number] | undefined {
  if (object.group !== 'operators.coreos.com' || object.kind !== 'Subscription') return undefined;
  const { name, source } = specOf(object);
  const isOfEso = name === 'external-secrets-operator' && source === 'community-operators';
  return isOfEso ? [0, 11] : undefined;
}

/** Kinds that have always been v1alpha1. */
export const servedAlpha: Served = {
  versions: ['v1alpha1'],
  since: 'its first release in External Secrets Operator',
};

/** A field `secretKey` of ESO's kinds holds the name of a key, not a secret. */
export function nameOfKey(path: Path): Content | undefined {
  return path.at(-1) === 'secretKey' ? 'name' : undefined;
}

/** Whether a text is a template as ExternalSecrets, PushSecrets and SealedSecrets have it, also in a chart's values. */
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

/** Messages that only say what failed (docs/facts/eso.md#conditions-of-a-sync). */
const GENERAL: readonly string[] = [
  'could not get secret data from provider',
  'could not update secret',
  'could not delete secret',
  'could not get source secret',
  'unable to create client',
  'unable to validate store',
];

/** Whether a condition leaves it to an event to tell the cause. */
export function isGeneral(message: string): boolean {
  return message === '' || GENERAL.includes(message);
}

/** Reasons of a Ready ExternalSecret that has no Secret. */
export const NOTHING_MADE: readonly string[] = ['SecretMissing', 'SecretDeleted'];

/** Why an entry failed, as far as that decides what to do. */
export type SyncCause =
  | 'missing entry'
  | 'no permission'
  | 'not admitted'
  | 'immutable'
  | 'another owner'
  | 'other';

/** How stores and API servers refuse a read, and how providers report an entry, or a property of one, that is not there (docs/facts/eso.md#entries-of-providers). */
const DENIED =
  /AccessDenied|not authorized to perform|is forbidden: User |permission denied|PermissionDenied/i;
const MISSING =
  /Secret does not exist|Parameter(?:Version)?NotFound|ResourceNotFoundException|secrets "[^"\s]{1,253}" not found|key not found in 1Password Vaults|no secret found for project id|code = NotFound/;
const NO_PROPERTY =
  /(?:key|property) \S{1,300} does not exist in (?:secret|key|data)|cannot find secret data for key: |expected one 1Password ItemField matching: .{1,600}, got 0/;

export function syncCause(message: string): SyncCause {
  if (DENIED.test(message)) return 'no permission';
  if (MISSING.test(message) || lacksProperty(message)) return 'missing entry';
  if (message.includes('denied by spec.condition')) return 'not admitted';
  if (message.includes('target is immutable')) return 'immutable';
  return /owned by another|ownership/.test(message) ? 'another owner' : 'other';
}

/** Whether the entry exists without the property that is read. */
export function lacksProperty(message: string): boolean {
  return NO_PROPERTY.test(message);
}

/** The entry that an event is about, below the spec: `spec.data[3]`. */
export function failedEntry(message: string): Path | undefined {
  const [, field = '', index] = /spec\.(data|dataFrom)\[(\d{1,5})\]/.exec(message) ?? [];
  return index === undefined ? undefined : [field, Number(index)];
}

/** The key of the template that an event is about. */
export function failedTemplateKey(message: string): string | undefined {
  return /template at key ([-._a-zA-Z0-9]{1,253}): /.exec(message)?.[1];
}

export function refreshTime({ json }: PlacedObject): string | undefined {
  return textAt(json, 'status', 'refreshTime');
}

/** The seconds after which ESO updates it again; undefined: not known. */
export function refreshSeconds(object: PlacedObject): number | undefined {
  const spec = specOf(object);
  const { isActive, seconds } = refreshOf(spec);
  const hasWindows = Object.hasOwn(spec, 'syncWindows') || Object.hasOwn(spec, 'syncWindow');
  return isActive && !hasWindows ? seconds : undefined;
}

export interface Refresh {
  /** Absent: the interval alone decides. */
  readonly policy: string | undefined;
  readonly interval: string | undefined;
  /** Zero: never again. Undefined: not a duration. */
  readonly seconds: number | undefined;
  readonly isActive: boolean;
  readonly isImmutable: boolean;
}

/** The interval of an ExternalSecret without one (docs/facts/eso.md#defaults). */
const DEFAULT_SECONDS = 3600;

/** When an ExternalSecret or PushSecret works again, by its spec. */
export function refreshOf(spec: JsonObject): Refresh {
  const policy = textAt(spec, 'refreshPolicy');
  const interval = textAt(spec, 'refreshInterval');
  const seconds = interval === undefined ? DEFAULT_SECONDS : durationSeconds(interval);
  const isStopped = policy === 'CreatedOnce' || policy === 'OnChange' || seconds === 0;
  const isImmutable = mapAt(spec, 'target')['immutable'] === true;
  return { policy, interval, seconds, isActive: !isStopped && !isImmutable, isImmutable };
}

/** Whether a spec reads a store, and not only generators. */
export function isFetched(spec: JsonObject): boolean {
  const isAsking = (entry: unknown): boolean => !isMap(mapAt(entry, 'sourceRef')['generatorRef']);
  return listAt(spec, 'data').length > 0 || listAt(spec, 'dataFrom').some(isAsking);
}
