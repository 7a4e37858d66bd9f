import { durationSeconds } from '../../ground/go-duration.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';

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
