import type { NamedFault } from '../../lint/locate-findings.ts';
import type { EntryUse, RemoteEntry } from './entry.ts';
import type { Found } from './facts.ts';

/** What an entry is held against. */
export interface Expected {
  readonly entry: RemoteEntry;
  readonly found: Found;
  /** In which region. */
  readonly region: string;
  /** A customer's keys that should encrypt it; none: it is not said. */
  readonly keys: readonly string[];
  /** The same entry of other environments, where it is there. */
  readonly elsewhere: readonly { readonly environment: string; readonly name: string }[];
}

type Severity = NamedFault['rule']['severity'];

/** Makes a fault of an entry, where its first use is written unless another is meant. */
export type At = (
  id: string,
  severity: Severity,
  message: string,
  more: { readonly hint: string; readonly use?: EntryUse },
) => NamedFault;

export function faultsAt(first: EntryUse): At {
  return (id, severity, message, { hint, use = first }) => {
    const { object, path } = use;
    return { rule: { id, severity }, object, path, message, hint };
  };
}

/** `parameter "/rem/llm/key"`. */
export function called({ entry: { store, name } }: Expected): string {
  return `${nounOf(store.aws?.service)} "${name}"`;
}

function nounOf(service: string | undefined): string {
  return service === 'ParameterStore' ? 'parameter' : 'secret';
}
