/** The keys of a Secret. An open set may hold more than those named. */
export interface KeySet {
  readonly keys: ReadonlySet<string>;
  readonly isOpen: boolean;
}
