/** What a provider tells of an entry that is there, without its value. */
export interface EntryFacts {
  /** The account that it is in, where its ARN is told. */
  readonly account?: string;
  /** A parameter's. */
  readonly type?: string;
  /** The key that encrypts it: an alias, an ID or an ARN. */
  readonly keyId?: string;
  readonly tier?: string;
  /** When AWS deletes it, by its own policy. */
  readonly expires?: string;
  /** When it is gone for good: it cannot be read meanwhile. */
  readonly deleted?: string;
  /** Whether there is a value: a secret may be made without one. */
  readonly hasValue: boolean;
  /** The number of a parameter's newest version. */
  readonly newest?: number;
  /** The labels that a parameter was asked for, and whether it has them; absent: nobody asked. */
  readonly labels?: ReadonlyMap<string, boolean>;
  /** The IDs and labels of a secret's versions; absent: not known. */
  readonly versions?: ReadonlySet<string>;
  /** What is known of its value, if somebody asked for that. */
  readonly value?: ValueFacts;
  /** Why its value was not looked at, though somebody asked for it. */
  readonly unread?: string;
  /** It was not for want of a right: AWS was too busy. */
  readonly isCut?: true;
}

/** What is told of a value: none of it says what it is. */
export interface ValueFacts {
  readonly isEmpty: boolean;
  readonly hasOuterSpace: boolean;
  readonly hasFinalNewline: boolean;
  readonly hasCarriageReturns: boolean;
  readonly hasNull: boolean;
  readonly isPlaceholder: boolean;
  readonly isBase64: boolean;
  /** Whether a standard parameter could hold it. */
  readonly isSmall: boolean;
  /** The names of its properties; undefined: it is no JSON object. */
  readonly properties?: readonly string[];
  /** Those of the properties that are read which it has. */
  readonly has: ReadonlySet<string>;
}

/** What was found out about an entry: what is there, that it is not there, or why that is not known. */
export type Found = EntryFacts | 'missing' | { readonly unknown: string; readonly isCut?: true };
