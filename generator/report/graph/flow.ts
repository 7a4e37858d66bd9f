import type { Pickup } from '../../graph/pickup.ts';
import type { ObjectName } from '../../ground/finding.ts';

/** Where the Secrets of one set of manifests come from and go to: names only, sorted. */
export interface Flow {
  /** The environment; empty when the manifests were named one by one. */
  readonly name: string;
  readonly secrets: readonly FlowSecret[];
}

/** A Secret that is made or read. */
export interface FlowSecret {
  readonly namespace: string;
  readonly name: string;
  /**
   * outside: declared as existing. missing: nothing makes it, and a reader cannot do without;
   * optional: all can.
   */
  readonly state: 'made' | 'outside' | 'missing' | 'optional';
  readonly keys: readonly string[];
  /** Whether there are more keys, whose names the manifests do not tell. */
  readonly isOpen: boolean;
  /** Keys that are read, and that no maker gives. */
  readonly missingKeys: readonly string[];
  readonly makers: readonly FlowMaker[];
  readonly readers: readonly FlowReader[];
}

/** An object that makes a Secret, or keys of it. */
export interface FlowMaker extends ObjectName {
  /** How often it is fetched anew; absent where nothing is fetched. */
  readonly refresh?: string;
  readonly sources: readonly FlowSource[];
}

/** A store, or a generator, and what is fetched there. */
export interface FlowSource extends ObjectName {
  readonly remoteKeys: readonly string[];
}

/** An object that reads a Secret. */
export interface FlowReader extends ObjectName {
  readonly how: readonly string[];
  /** Absent: all keys. */
  readonly keys?: readonly string[];
  readonly pickup: Pickup;
}
