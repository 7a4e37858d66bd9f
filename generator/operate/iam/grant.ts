import type { JsonObject } from '../../ground/json.ts';
import type { Arn } from './arn.ts';

/** One action that a role is to be allowed, on one thing or on all that a pattern fits. */
export interface Grant {
  readonly action: string;
  readonly on: Arn;
  readonly condition: JsonObject;
  /** Why it is no exact name. */
  readonly why?: string;
  /** The key is used by a service, for what has this ARN. */
  readonly of?: KeyUse;
}

/** What a key of KMS is used for. */
interface KeyUse {
  /** The service that calls KMS for the role. */
  readonly service: string;
  /** Under which name KMS is told what it decrypts. */
  readonly contextKey: string;
  readonly entry: Arn;
}

/** All that there is, where AWS knows no resource for an action. */
export const EVERYTHING: Arn = { head: '*', name: '', tail: '' };
